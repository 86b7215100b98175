/** A button with a drawing, a name for those who do not see it, and a tip with its key. */
import type { ReactNode } from 'react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import css from './common.module.css';

export interface IconButtonProps {
  readonly label: string;
  /** shown in the tip: '←' */
  readonly keys?: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

export function IconButton({ label, keys, onPress, disabled = false, pressed, children, className }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <Button
        className={`${css['iconButton']} ${className ?? ''}`}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        isDisabled={disabled}
        onPress={onPress}
      >
        {children}
      </Button>
      <Tooltip className={css['tip'] ?? ''} offset={6}>
        {label}
        {keys === undefined ? null : <kbd>{keys}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
