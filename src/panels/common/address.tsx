/** An address with the pill of its role, as everywhere on the page. */
import { formatIpv4, type Ipv4 } from '../../wire/index.ts';
import { useLab } from './use-lab.ts';
import css from './address.module.css';

export function Address({ addr, suffix = '' }: { readonly addr: Ipv4; readonly suffix?: string }) {
  const info = useLab((s) => s.branch?.cast.roles.get(addr));
  const role = info?.role ?? 'other';
  return (
    <span className={css['address']} data-role={role} data-address="">
      {info === undefined || info.label === '' ? null : <RolePill role={role} label={info.label} />}
      <span className={css['text']}>
        {formatIpv4(addr)}
        {suffix}
      </span>
    </span>
  );
}

export function RolePill({ role, label }: { readonly role: string; readonly label: string }) {
  return (
    <span className={css['pill']} data-role={role}>
      {label}
    </span>
  );
}
