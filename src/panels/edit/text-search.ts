/**
 * The search of the file's editor: a line above the text with the words sought, how many there are, and what is to
 * stand in their place. Ctrl+F opens it, Escape closes it.
 * Goes to: text-editor.ts.
 */
import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  replaceAll,
  replaceNext,
  search,
  SearchQuery,
  setSearchQuery,
} from '@codemirror/search';
import { EditorState, Facet, type Extension } from '@codemirror/state';
import { keymap, runScopeHandlers, type EditorView, type Panel, type ViewUpdate } from '@codemirror/view';

/** What the search says, in the language of the page. */
export interface SearchWords {
  readonly find: string;
  readonly replaceBy: string;
  readonly next: string;
  readonly previous: string;
  readonly matchCase: string;
  readonly replace: string;
  readonly replaceAll: string;
  readonly close: string;
  readonly none: string;
  /** `{number}` and `{count}` */
  readonly place: string;
  /** what a screen reader hears when a place was found: `{line}` stands behind it */
  readonly found: string;
}

/** Places beyond these are not counted. */
const COUNT_MAX = 999;

const wording = Facet.define<SearchWords, SearchWords | null>({ combine: ([words]) => words ?? null });

export function searchWords(words: SearchWords): Extension {
  return [wording.of(words), EditorState.phrases.of({ 'current match': words.found, 'on line': '', 'replaced $ matches': '$' })];
}

export const fileSearch: Extension = [
  search({ top: true, createPanel: (view) => new SearchLine(view) }),
  keymap.of([
    { key: 'Mod-f', run: openSearchPanel, scope: 'editor search-panel' },
    { key: 'F3', run: findNext, shift: findPrevious, scope: 'editor search-panel', preventDefault: true },
    { key: 'Escape', run: closeSearchPanel, scope: 'editor search-panel' },
  ]),
];

class SearchLine implements Panel {
  readonly dom = element('div', 'cm-find');
  readonly top = true;
  private readonly view: EditorView;
  private readonly sought = element('input', 'cm-sought');
  private readonly by = element('input', 'cm-by');
  private readonly upper = element('button', 'cm-upper');
  private readonly count = element('output', 'cm-count');
  private readonly buttons: readonly (readonly [HTMLButtonElement, keyof SearchWords, string | null])[];

  constructor(view: EditorView) {
    this.view = view;
    this.sought.setAttribute('main-field', 'true');
    const button = (name: keyof SearchWords, sign: string | null, press: (view: EditorView) => boolean) => {
      const made = element('button', `cm-${name}`);
      made.addEventListener('click', () => press(view));
      return [made, name, sign] as const;
    };
    const previous = button('previous', '↑', findPrevious);
    const next = button('next', '↓', findNext);
    const one = button('replace', null, replaceNext);
    const all = button('replaceAll', null, replaceAll);
    const close = button('close', '×', closeSearchPanel);
    this.buttons = [previous, next, one, all, close, [this.upper, 'matchCase', 'Aa']];
    this.upper.addEventListener('click', () => {
      this.ask({ caseSensitive: this.upper.getAttribute('aria-pressed') !== 'true' });
    });
    for (const field of [this.sought, this.by])
      field.addEventListener('input', () => this.ask({ search: this.sought.value, replace: this.by.value }));
    this.dom.addEventListener('keydown', (event) => this.press(event));
    this.dom.append(this.sought, this.count, this.upper, previous[0], next[0], this.by, one[0], all[0], close[0]);
    this.say();
    this.read();
  }

  mount(): void {
    this.sought.select();
  }

  update(update: ViewUpdate): void {
    if (update.startState.facet(wording) !== update.state.facet(wording)) this.say();
    const asked = update.transactions.some(({ effects }) => effects.some((effect) => effect.is(setSearchQuery)));
    if (asked || update.docChanged || update.selectionSet) this.read();
  }

  /** Puts the words of the language at everything. */
  private say(): void {
    const words = this.view.state.facet(wording);
    if (words === null) return;
    for (const [button, name, sign] of this.buttons) {
      button.textContent = sign ?? words[name];
      button.title = words[name];
      button.setAttribute('aria-label', words[name]);
    }
    for (const [field, name] of [
      [this.sought, 'find'],
      [this.by, 'replaceBy'],
    ] as const) {
      field.placeholder = words[name];
      field.setAttribute('aria-label', words[name]);
    }
    this.count.textContent = this.placeIn(words);
  }

  /** Shows what is sought now: a selected word may have been asked for from the text. */
  private read(): void {
    const { search: sought, replace, caseSensitive } = getSearchQuery(this.view.state);
    if (this.sought.value !== sought) this.sought.value = sought;
    if (this.by.value !== replace) this.by.value = replace;
    this.upper.setAttribute('aria-pressed', String(caseSensitive));
    const words = this.view.state.facet(wording);
    if (words !== null) this.count.textContent = this.placeIn(words);
  }

  /** `2 of 7`: which of the places is selected, and how many there are. */
  private placeIn({ place, none }: SearchWords): string {
    const { state } = this.view;
    const query = getSearchQuery(state);
    if (!query.valid) return '';
    let count = 0;
    let number = 0;
    const places = query.getCursor(state);
    for (let at = places.next(); at.done !== true && count < COUNT_MAX; at = places.next()) {
      count++;
      if (at.value.from === state.selection.main.from && at.value.to === state.selection.main.to) number = count;
    }
    if (count === 0) return none;
    const many = count === COUNT_MAX ? `${COUNT_MAX}+` : String(count);
    return place.replace('{number}', number === 0 ? '–' : String(number)).replace('{count}', many);
  }

  private ask(change: Partial<Pick<SearchQuery, 'search' | 'replace' | 'caseSensitive'>>): void {
    const { search: sought, replace, caseSensitive } = getSearchQuery(this.view.state);
    const query = new SearchQuery({ search: sought, replace, caseSensitive, literal: true, ...change });
    this.view.dispatch({ effects: setSearchQuery.of(query) });
  }

  private press(event: KeyboardEvent): void {
    // What is typed here is no key of the page.
    event.stopPropagation();
    if (runScopeHandlers(this.view, event, 'search-panel')) event.preventDefault();
    else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      const find = event.shiftKey ? findPrevious : findNext;
      (event.target === this.by ? replaceNext : find)(this.view);
    }
  }
}

function element<K extends 'div' | 'input' | 'button' | 'output'>(name: K, className: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  if (made instanceof HTMLButtonElement) made.type = 'button';
  return made;
}
