/**
 * How the file looks in its editor: the words of YAML, and addresses in the colours of their roles.
 * Goes to: text-editor.ts.
 */
import { HighlightStyle } from '@codemirror/language';
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, MatchDecorator, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const fileColours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.squareBracket, tags.brace, tags.punctuation], color: 'var(--ink-3)' },
  { tag: [tags.special(tags.string), tags.labelName, tags.typeName], color: 'var(--ink-3)' },
]);

/** Which part an address plays: 'CIP', 'VIP' …; the empty word if none is known. */
export type RoleOf = (address: string) => string;

export const putRoles = StateEffect.define<RoleOf>();

const roles = StateField.define<RoleOf>({
  create: () => () => '',
  update: (now, { effects }) => effects.find((effect) => effect.is(putRoles))?.value ?? now,
});

class Addresses {
  decorations: DecorationSet;
  private readonly finder = new MatchDecorator({
    regexp: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g,
    decorate: (add, from, to, [address], view) => {
      const role = view.state.field(roles)(address);
      if (role !== '') add(from, to, Decoration.mark({ class: `cm-address cm-${role}` }));
    },
  });

  constructor(view: EditorView) {
    this.decorations = this.finder.createDeco(view);
  }

  update(update: ViewUpdate): void {
    const others = update.startState.field(roles) !== update.state.field(roles);
    this.decorations = others ? this.finder.createDeco(update.view) : this.finder.updateDeco(update, this.decorations);
  }
}

export const addressColours = [roles, ViewPlugin.fromClass(Addresses, { decorations: ({ decorations }) => decorations })];

const ROLES = ['CIP', 'VIP', 'DIP', 'RIP', 'LIP'] as const;

export const fileTheme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    zIndex: '300',
    outline: '2px solid var(--focus)',
    outlineOffset: '-2px',
    pointerEvents: 'none',
  },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: 'inherit', overflow: 'auto' },
  '.cm-content': { padding: '0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 0.6rem' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--flash)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selected)', outline: 'none' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-3)', border: '0' },
  '.cm-lineNumbers': { paddingInlineStart: '1rem' },
  '.cm-lineNumbers .cm-gutterElement': { minInlineSize: '2.6rem', padding: '0 0.6rem 0 0.3rem', boxSizing: 'border-box' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--ink)', fontWeight: '600' },
  '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--ink)', zIndex: '301' },
  '.cm-panels-top': { borderBlockEnd: '1px solid var(--line)' },
  '.cm-find': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '0.3rem',
    padding: '0.35rem 1rem',
    fontFamily: 'var(--sans)',
    fontSize: '0.87rem',
  },
  '.cm-find input': {
    minInlineSize: '7rem',
    inlineSize: '14rem',
    flex: '0 1 auto',
    padding: '0.2rem 0.5rem',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    fontFamily: 'var(--mono)',
    fontSize: 'inherit',
  },
  '.cm-find button': {
    minInlineSize: '1.9rem',
    padding: '0.25rem 0.5rem',
    border: '1px solid transparent',
    borderRadius: 'var(--radius)',
    background: 'none',
    color: 'var(--ink-2)',
    fontFamily: 'inherit',
    fontSize: 'inherit',
    lineHeight: '1.2',
    cursor: 'pointer',
  },
  '.cm-find button:hover': { backgroundColor: 'var(--hover)', color: 'var(--ink)' },
  '.cm-find button[aria-pressed="true"]': { backgroundColor: 'var(--selected)', borderColor: 'var(--line-strong)', color: 'var(--ink)' },
  '.cm-find :focus-visible': { outline: '2px solid var(--focus)', outlineOffset: '1px' },
  '.cm-find output': { minInlineSize: '5.5rem', color: 'var(--ink-2)', fontVariantNumeric: 'tabular-nums' },
  '.cm-find .cm-by': { marginInlineStart: '0.75rem' },
  '.cm-find .cm-close': { marginInlineStart: 'auto', fontSize: '1.1rem' },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in srgb, var(--flash) 60%, transparent)' },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: 'var(--flash)', outline: '1px solid var(--ink-2)' },
  '.cm-changed': { boxShadow: 'inset -3px 0 var(--dip)' },
  '.cm-gone': { borderBlockStart: '2px solid var(--drop)' },
  '.cm-wrong': { boxShadow: 'inset -3px 0 var(--drop)', backgroundColor: 'color-mix(in srgb, var(--drop) 25%, transparent)' },
  '.cm-mistake': { textDecoration: 'underline wavy var(--drop)', textUnderlineOffset: '0.25em' },
  '.cm-lit': { backgroundColor: 'color-mix(in srgb, var(--flash) 55%, transparent)' },
  ...Object.fromEntries(ROLES.map((role) => [`.cm-${role}, .cm-${role} span`, { color: `var(--${role.toLowerCase()})` }])),
});
