/** The parts of the page that a wide and a narrow screen arrange differently. */
import type { ReactNode } from 'react';

export interface Panes {
  readonly picture: ReactNode;
  readonly below: ReactNode;
  /** zoom and fit */
  readonly tools: ReactNode;
  readonly scenario: ReactNode;
  readonly inspector: ReactNode;
  readonly dock: ReactNode;
}
