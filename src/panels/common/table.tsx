/** Tables of a node's state: a row that changed flashes once. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import css from './table.module.css';

export interface TableProps {
  readonly label: string;
  readonly head: readonly string[];
  readonly children: ReactNode;
  /** columns of numbers: right-aligned, by index */
  readonly numbers?: readonly number[];
}

export function Table({ label, head, children, numbers = [] }: TableProps) {
  return (
    <div className={css['scroll']}>
      <table className={css['table']} aria-label={label}>
        <thead>
          <tr>
            {head.map((title, i) => (
              <th key={`${i}${title}`} scope="col" data-number={numbers.includes(i) || undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export interface RowProps {
  /** everything that counts as a change of the row */
  readonly signature: string;
  readonly cells: readonly ReactNode[];
  readonly numbers?: readonly number[];
}

export function Row({ signature, cells, numbers = [] }: RowProps) {
  const before = useRef(signature);
  const [flash, setFlash] = useState(0);
  useEffect(() => {
    if (before.current === signature) return;
    before.current = signature;
    setFlash((n) => (n % 2) + 1);
  }, [signature]);
  return (
    <tr data-flash={flash === 0 ? undefined : flash}>
      {cells.map((cell, i) => (
        <td key={i} data-number={numbers.includes(i) || undefined}>
          {cell}
        </td>
      ))}
    </tr>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className={css['empty']}>{children}</p>;
}
