/**
 * Changes of a scenario file that a person makes on the map.
 * Comes from: the page.  Goes to: edit.ts.
 */
import type { NodeRole } from '../../world/index.ts';
import type { Problem, Scenario, Text } from '../types.ts';

/** A place on the map. */
export type At = readonly [x: number, y: number];

export type Edit =
  | { readonly kind: 'add-node'; readonly name: string; readonly role: NodeRole; readonly at: At }
  /** with its cables, its commands in the timeline and its switches */
  | { readonly kind: 'remove-node'; readonly name: string }
  | { readonly kind: 'rename-node'; readonly name: string; readonly to: string }
  | {
      readonly kind: 'set-node';
      readonly name: string;
      readonly role?: NodeRole;
      /** shell commands, one a line; '' for none */
      readonly setup?: string;
      /** of a switch; null: as many as its cables need */
      readonly ports?: number | null;
    }
  | { readonly kind: 'move-nodes'; readonly places: readonly (readonly [name: string, at: At])[] }
  | { readonly kind: 'add-interface'; readonly node: string; readonly name: string | null }
  /** with its cable and the commands of the setup that name it */
  | { readonly kind: 'remove-interface'; readonly node: string; readonly name: string }
  /** wherever it stands: in cables, and in the commands and switches of its node */
  | { readonly kind: 'rename-interface'; readonly node: string; readonly name: string; readonly to: string }
  /** '' or null: as if left out */
  | { readonly kind: 'set-interface'; readonly node: string; readonly name: string; readonly mac?: string; readonly mtu?: number | null }
  /** an end is a node, or node:interface; a node without a free interface gets one more */
  | { readonly kind: 'connect'; readonly ends: readonly [string, string] }
  | { readonly kind: 'disconnect'; readonly link: number }
  /** figures as the file writes them; '' for the file's default */
  | {
      readonly kind: 'set-link';
      readonly link: number;
      readonly ends?: readonly [string, string];
      readonly delay?: string;
      readonly rate?: string;
      readonly loss?: string;
    }
  | { readonly kind: 'set-lab'; readonly title?: Text; readonly about?: Text; readonly until?: string; readonly seed?: number | null }
  | { readonly kind: 'add-command'; readonly node: string; readonly at: string; readonly run: string }
  | { readonly kind: 'set-command'; readonly index: number; readonly at?: string; readonly run?: string }
  | { readonly kind: 'remove-command'; readonly index: number };

export type Edited =
  | { readonly ok: true; readonly text: string; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] };
