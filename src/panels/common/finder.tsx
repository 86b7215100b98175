/**
 * A button that opens a field in which one of many names is found: what is typed narrows the list below it.
 * Goes to: wherever a list of all nodes would be too long.
 */
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import {
  Autocomplete,
  Button,
  Dialog,
  DialogTrigger,
  Input,
  ListBox,
  ListBoxItem,
  Popover,
  SearchField,
  type PopoverProps,
} from 'react-aria-components';
import css from './finder.module.css';
import { matching } from './matches.ts';
import menu from './menu.module.css';
import { useSay } from './use-lab.ts';

export interface FinderProps {
  /** of the button and of what it opens */
  readonly label: string;
  readonly names: readonly string[];
  /** the choice of none of them, by its words; it has the place -1 */
  readonly none?: string;
  readonly chosen?: number;
  readonly placement?: PopoverProps['placement'];
  readonly className?: string | undefined;
  readonly id?: string;
  /** what stands on the button */
  readonly children: ReactNode;
  readonly onFind: (index: number) => void;
}

export function Finder({ className, id, children, label, ...rest }: FinderProps) {
  const [open, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button className={className ?? ''} aria-label={label} {...(id === undefined ? {} : { id })}>
        {children}
      </Button>
      <FinderPopover label={label} {...rest} onClose={() => setOpen(false)} />
    </DialogTrigger>
  );
}

export interface FinderPopoverProps extends Omit<FinderProps, 'className' | 'id' | 'children'> {
  /** what it stands beside, if that is not its own button */
  readonly trigger?: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** What the button opens; with a trigger it is open as long as it is there. */
export function FinderPopover({ label, names, none, chosen, placement = 'bottom start', trigger, onFind, onClose }: FinderPopoverProps) {
  return (
    <Popover
      className={`${menu['menu'] ?? ''} ${css['finder'] ?? ''}`}
      placement={placement}
      offset={4}
      {...(trigger === undefined ? {} : { triggerRef: trigger, isOpen: true, onOpenChange: (open) => (open ? undefined : onClose()) })}
    >
      <Dialog className={css['dialog'] ?? ''} aria-label={label}>
        <Found
          label={label}
          names={names}
          none={none ?? null}
          chosen={chosen ?? null}
          onFind={(index) => {
            onClose();
            onFind(index);
          }}
        />
      </Dialog>
    </Popover>
  );
}

interface FoundProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly none: string | null;
  readonly chosen: number | null;
  readonly onFind: (index: number) => void;
}

function Found({ label, names, none, chosen, onFind }: FoundProps) {
  const say = useSay();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const { shown, more } = matching(names, typed);
  const rows = none !== null && typed === '' ? [-1, ...shown] : shown;
  // Whoever opens it wants to type.
  useEffect(() => input.current?.focus(), []);
  return (
    <Autocomplete inputValue={typed} onInputChange={setTyped}>
      <SearchField aria-label={label}>
        <Input ref={input} placeholder={say('find.type')} autoComplete="off" spellCheck={false} />
      </SearchField>
      <ListBox className={css['list'] ?? ''} aria-label={label} onAction={(key) => onFind(Number(key))}>
        {rows.map((index) => (
          <ListBoxItem
            key={index}
            id={String(index)}
            textValue={(index < 0 ? none : names[index]) ?? ''}
            data-chosen={index === chosen || undefined}
          >
            {index < 0 ? none : names[index]}
          </ListBoxItem>
        ))}
      </ListBox>
      <output className={css['note']}>{rows.length === 0 ? say('find.none') : more > 0 ? say('find.more', { count: more }) : ''}</output>
    </Autocomplete>
  );
}
