/**
 * Commands out of study notes: transcripts with prompts, remarks in Chinese or English behind the
 * commands, headings that name the node, wrapped lines, typographic dashes and colons.
 * Pure. A command stays as it was written, its mistakes included; what looks wrong is told as a doubt.
 * Only blanks that no shell knows (no-break, ideographic) become ordinary ones.
 * Comes from: the page and the CLI, when somebody pastes notes.
 */
import { binaryDir } from '../fs/binaries.ts';
import { BUILTIN_NAMES, KEYWORDS } from '../sh/builtins/names.ts';

export type DoubtKind =
  /** – or — where - is meant */
  | 'dash'
  /** full-width letters or punctuation: ：，（ */
  | 'full-width'
  /** “ ” ‘ ’ */
  | 'quote'
  /** the rest of the command stood on the next line */
  | 'wrapped'
  /** remark and command stand together without a blank */
  | 'joined-remark'
  /** the remark is English: only a wide gap tells it from the command */
  | 'english-remark'
  /** the prompt names another host than the other prompts of this part */
  | 'other-host'
  /** a place that stands for one of your own: /path/to/somefile */
  | 'placeholder'
  /** no program of that name is known */
  | 'unknown-command'
  /** a command without prompt among commands with prompts */
  | 'no-prompt';

export interface Doubt {
  readonly kind: DoubtKind;
  /** the piece of text that it is about */
  readonly text: string;
}

export interface NoteCommand {
  /** node that the heading, or else the prompt, names; null when neither does */
  readonly node: string | null;
  /** host of the prompt */
  readonly host: string | null;
  readonly command: string;
  readonly remark: string;
  /** line in the notes, from 1 */
  readonly line: number;
  readonly doubts: readonly Doubt[];
}

const IDEOGRAPH = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/;
const WIDE = /[\u3000-\u303f\uff01-\uff5e]/;
const PROMPT =
  /^\s*(?:\[[\w.-]+@([\w.-]+?)[ :]*[~/][\w./~-]*\]|\[[\w.-]+@([\w.-]+)(?: [\w./~-]+)?\]|[\w.-]+@([\w.-]+):[~/][\w./~-]*|bash-[\d.]+|\(?[\w.-]+\)?(?=[#]\s*\w))\s*[#$]\s*/;
const BARE_PROMPT = /^\s*[$#]\s+(?=\S)/;
/** `#ipvsadm -C`: root's prompt without a blank, as notes have it. */
const HASH_PROMPT = /^\s*#(?=[a-z])/;
/** Words with which a command begins as well as an English sentence. */
const WORDY: ReadonlySet<string> = new Set([
  'test',
  'time',
  'find',
  'host',
  'set',
  'read',
  'type',
  'which',
  'source',
  'service',
  'watch',
  'help',
  'head',
  'more',
  'man',
  'tail',
  'sort',
  'cut',
  'file',
  'if',
  'for',
  'while',
  'in',
  'do',
  'then',
  'else',
  'case',
  'wait',
  'stat',
  'who',
  'kill',
  'ping',
  'route',
  'ip',
  'link',
  'exit',
  'return',
  'local',
  'command',
  'date',
  'free',
  'sleep',
  'alias',
  'trap',
  'env',
  'sync',
  'less',
  'select',
  'function',
  'join',
  'break',
  'continue',
  'true',
  'false',
]);

function isCommandName(word: string): boolean {
  return (
    binaryDir(word) !== null ||
    BUILTIN_NAMES.has(word) ||
    KEYWORDS.has(word) ||
    /^(?:\.{0,2}\/[\w.-]+)+$/.test(word) ||
    /^[A-Za-z_]\w*=/.test(word)
  );
}

/** Whether text looks like the inside of a command: options, addresses, paths, redirections. */
function commandish(text: string): boolean {
  return /(^|\s)[-–—]{1,2}\w|[/|<>=$;&]|\d+\.\d+\.\d+|\d:\d|"|'|\b(?:start|stop|restart|status|save|up|down|add|del|show|flush)\b/.test(
    text,
  );
}

/** Positions inside quotes, where neither a remark nor a comment begins. */
function quotedMask(text: string): boolean[] {
  const mask: boolean[] = [];
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    mask.push(quote !== '');
    if (quote === '' && (char === '"' || char === "'") && text.indexOf(char, i + 1) !== -1) quote = char;
    else if (char === quote) quote = '';
  }
  return mask;
}

interface Split {
  readonly command: string;
  readonly remark: string;
  readonly doubts: Doubt[];
}

/** Divides a line behind its prompt into command and remark. */
function splitRemark(text: string): Split {
  const mask = quotedMask(text);
  const doubts: Doubt[] = [];
  for (let i = 0; i < text.length; i++) {
    if (mask[i] === true) continue;
    const char = text[i] as string;
    const blankBefore = i === 0 || /\s/.test(text[i - 1] as string);
    if (char === '#' && blankBefore && i > 0) return cut(text, i, doubts, true);
    if (char === '/' && text[i + 1] === '/' && blankBefore && i > 0 && /\s|[\u3400-\u9fff]/.test(text[i + 2] ?? ' '))
      return cut(text, i, doubts, false);
    if ((/[（【]/.test(char) || char === '<') && text[i + 1] === '-' && blankBefore) return cut(text, i, doubts, false);
    if (!IDEOGRAPH.test(char) && !(WIDE.test(char) && blankBefore)) continue;
    const opened = /[（【「《]/.test(text[i - 1] ?? '') ? i - 1 : i;
    return cut(text, startOfRemark(text, opened, doubts), doubts, false);
  }
  return englishRemark(text, mask, doubts);
}

/** A remark may begin with Latin letters (`VIP 下线`); it then stands behind a wide gap. */
function startOfRemark(text: string, firstIdeograph: number, doubts: Doubt[]): number {
  let word = firstIdeograph;
  while (word > 0 && !/\s/.test(text[word - 1] as string)) word--;
  const before = text.slice(0, firstIdeograph);
  const gap = /^([\s\S]*\S)(?:[ \u3000]{2,}|\s*\t\s*)(\S[^\t]*)$/.exec(before);
  if (gap !== null && word <= firstIdeograph) {
    const between = gap[2] as string;
    if (!commandish(between) && !/^[\d.:-]+\s*$/.test(between) && (gap[1] as string).includes(' ')) return before.length - between.length;
  }
  if (word === firstIdeograph) return word;
  const joined = text.slice(word, firstIdeograph);
  // `查看RIP1`-like words that begin in Latin belong to the remark; `-n查看` begins in the command.
  if (/^[A-Za-z]+$/.test(joined) && word > 0 && !commandish(` ${joined}`) && /\s\S+\s/.test(text.slice(0, word))) return word;
  if (/^\d+$/.test(joined) && word > 0 && /\s{2,}$/.test(text.slice(0, word))) return word;
  doubts.push({ kind: 'joined-remark', text: text.slice(word, firstIdeograph + 4).trim() });
  return firstIdeograph;
}

function cut(text: string, at: number, doubts: Doubt[], hash: boolean): Split {
  return {
    command: text.slice(0, at).trimEnd(),
    remark: text
      .slice(hash ? at + 1 : at)
      .replace(/^\/\/\s*/, '')
      .trim(),
    doubts,
  };
}

/** English behind three blanks or a tab is a remark when it does not look like part of the command. */
function englishRemark(text: string, mask: readonly boolean[], doubts: Doubt[]): Split {
  for (const found of text.matchAll(/(?: {3,}|\s*\t\s*)(?=\S)/g)) {
    const at = found.index + found[0].length;
    const rest = text.slice(at).trim();
    if (mask[at] === true || found.index === 0) continue;
    const words = rest.split(/\s+/);
    const prose = /^[A-Za-z(]/.test(rest) && words.length >= 2 && !/(^|\s)[-–]\w|[|<>=$;&]|^\S*\//.test(rest);
    if (!prose) continue;
    doubts.push({ kind: 'english-remark', text: rest });
    return { command: text.slice(0, found.index).trimEnd(), remark: rest, doubts };
  }
  return { command: text.trimEnd(), remark: '', doubts };
}

function doubtsOf(command: string): Doubt[] {
  const doubts: Doubt[] = [];
  for (const found of command.matchAll(/\S*[–—−]\S*/g)) doubts.push({ kind: 'dash', text: found[0] });
  for (const found of command.matchAll(/\S*[“”‘’]\S*/g)) doubts.push({ kind: 'quote', text: found[0] });
  for (const found of command.matchAll(/\S*[\u3000-\u303f\uff01-\uff5e]\S*/g)) doubts.push({ kind: 'full-width', text: found[0] });
  for (const found of command.matchAll(/\S*\/path\/\S*|<[\w -]+>|\bx\.x\.x\.x\b/g)) doubts.push({ kind: 'placeholder', text: found[0] });
  const name = command.trim().split(/\s+/)[0] ?? '';
  if (!isCommandName(name)) doubts.push({ kind: 'unknown-command', text: name });
  return doubts;
}

/** The node that a heading such as `RIP1配置:` names; undefined when the line is no heading, null when it names none. */
function headingOf(line: string): string | null | undefined {
  const [, text] = /^\s*(?:[#*\d.、)（(]+\s*)?(.{1,40}?)\s*[:：]\s*$/.exec(line) ?? [];
  if (text === undefined) return undefined;
  const name = text
    .replace(/(?:端|机器|主机|服务器|节点)?的?(?:配置|设置|操作|执行|上|命令|部分|configuration|config|setup)*$/i, '')
    .replace(/^(?:on|在)\s*/i, '')
    .trim();
  return /^[A-Za-z][\w .-]{0,20}$/.test(name) && !isCommandName(name) ? name : null;
}

interface Draft {
  node: string | null;
  host: string | null;
  prompted: boolean;
  command: string;
  remark: string;
  line: number;
  doubts: Doubt[];
}

function hostOf(prompt: RegExpExecArray): string | null {
  return prompt[1] ?? prompt[2] ?? prompt[3] ?? null;
}

/** A line without prompt that is a command all the same. */
function looksLikeCommand(line: string): boolean {
  const text = line.trim();
  const [name] = text.split(/\s+/);
  if (name === undefined || !/^[\x21-\x7e]+$/.test(name) || !isCommandName(name)) return false;
  const rest = splitRemark(text).command.slice(name.length);
  return rest.trim() === '' ? !WORDY.has(name) : !WORDY.has(name) || commandish(rest);
}

/** Word processors leave blanks that no shell splits at, and marks that nobody sees. */
function plainBlanks(text: string): string {
  return text.replace(/\r|[\u200b-\u200f\u2060\ufeff]/g, '').replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' ');
}

/** Reads notes. Every command comes with what the notes say about it. */
export function readNotes(text: string): NoteCommand[] {
  const drafts: Draft[] = [];
  const lines = plainBlanks(text).split('\n');
  const prompts = lines.some((line) => PROMPT.test(line));
  // in a script it is a command that was taken out
  const isScript = lines[0]?.startsWith('#!') === true;
  let node: string | null = null;
  let last: Draft | null = null;
  for (let i = 0; i < lines.length; i++) {
    const start = i + 1;
    let line = lines[i] as string;
    if (line.trim() === '') {
      last = null;
      continue;
    }
    const prompt = PROMPT.exec(line) ?? (prompts ? null : (barePrompt(line) ?? (isScript ? null : hashPrompt(line))));
    if (prompt === null) {
      const heading = headingOf(line);
      if (heading !== undefined && !looksLikeCommand(line)) {
        node = heading;
        last = null;
        continue;
      }
      if (!looksLikeCommand(line)) {
        if (last !== null) goOn(last, line);
        continue;
      }
    }
    while (line.endsWith('\\') && i + 1 < lines.length) line = `${line}\n${lines[++i]}`;
    const body = prompt === null ? line.trim() : line.slice(prompt[0].length).trim();
    if (body === '') continue;
    const { command, remark, doubts } = splitRemark(body);
    if (command === '' || command.startsWith('#')) continue;
    const draft: Draft = {
      node,
      host: prompt === null ? null : hostOf(prompt),
      prompted: prompt !== null,
      command,
      remark,
      line: start,
      doubts,
    };
    if (prompts && prompt === null) draft.doubts.push({ kind: 'no-prompt', text: command });
    drafts.push(draft);
    last = draft;
  }
  tellOtherHosts(drafts);
  return drafts.map((draft) => ({
    node: draft.node ?? draft.host,
    host: draft.host,
    command: draft.command,
    remark: draft.remark,
    line: draft.line,
    doubts: [...draft.doubts, ...doubtsOf(draft.command)],
  }));
}

/** `$ ls` and `# ls`; a `# remark` is no command. */
function barePrompt(line: string): RegExpExecArray | null {
  const found = BARE_PROMPT.exec(line);
  return found !== null && looksLikeCommand(line.slice(found[0].length)) ? found : null;
}

/** Only what an administrator's program is told to do: `#echo` and `#test` are mostly remarks. */
function hashPrompt(line: string): RegExpExecArray | null {
  const found = HASH_PROMPT.exec(line);
  const text = found === null ? '' : line.slice(found[0].length);
  const [name = '', ...words] = text.trim().split(/\s+/);
  return words.length > 0 && binaryDir(name)?.endsWith('sbin') === true && looksLikeCommand(text) && commandish(text) ? found : null;
}

/** A line behind a command: the rest of it, or more of the remark. */
function goOn(draft: Draft, line: string): void {
  const text = line.trim();
  const rest = splitRemark(text);
  if (
    rest.command !== '' &&
    draft.remark === '' &&
    /^(?:[-–]{1,2}\w|\d+\.\d+\.\d+\.\d+|\/\w|netmask\b|broadcast\b|dev\b|via\b|gw\b)/.test(text)
  ) {
    draft.command = `${draft.command} ${rest.command}`;
    draft.remark = rest.remark;
    draft.doubts.push({ kind: 'wrapped', text });
    return;
  }
  const more = text.replace(/^(?:#|\/\/)+\s*/, '');
  draft.remark = draft.remark === '' ? more : `${draft.remark} ${more}`;
}

/** Prompts of one part that name different hosts: one of them was copied from elsewhere. */
function tellOtherHosts(drafts: readonly Draft[]): void {
  for (const draft of drafts) {
    if (draft.node === null || draft.host === null) continue;
    const hosts = drafts.filter((other) => other.node === draft.node && other.host !== null).map((other) => other.host);
    const mine = hosts.filter((host) => host === draft.host).length;
    if (mine * 2 < hosts.length) draft.doubts.push({ kind: 'other-host', text: draft.host });
  }
}
