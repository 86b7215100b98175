/** A MAC as owner and interface; the digits on demand. */
import { macText } from '../../lab/index.ts';
import { formatMac, type Mac } from '../../wire/index.ts';
import { useLab, useSettings } from './use-lab.ts';
import css from './address.module.css';

export function MacName({ mac }: { readonly mac: Mac }) {
  const macs = useLab((s) => s.branch?.cast.macs);
  const showMacs = useSettings((s) => s.showMacs);
  const name = macs === undefined ? formatMac(mac) : macText(mac, macs);
  return (
    <span className={css['text']} title={formatMac(mac)}>
      {showMacs && name !== formatMac(mac) ? `${name} ${formatMac(mac)}` : name}
    </span>
  );
}
