/**
 * What is wrong with a text that is no YAML, in both languages, and where.
 * Comes from: the codes of the yaml library's errors.  Goes to: load.ts.
 */
import { visit, type Document, type ErrorCode, type YAMLError } from 'yaml';

interface Sentence {
  readonly en: string;
  readonly zh: string;
}

const SENTENCES: Readonly<Record<ErrorCode, Sentence>> = {
  ALIAS_PROPS: { en: 'an alias (*name) cannot have an anchor or a tag', zh: '别名（*name）不能再带锚点或标签' },
  BAD_ALIAS: { en: 'the name behind * or & is empty or ends in a colon', zh: '* 或 & 后面的名字为空，或以冒号结尾' },
  BAD_COLLECTION_TYPE: { en: 'the tag does not fit this kind of collection', zh: '标签与这种集合不符' },
  BAD_DIRECTIVE: { en: 'a directive (%…) is malformed or in the wrong place', zh: '指令（%…）格式错误或位置不对' },
  BAD_DQ_ESCAPE: { en: 'unknown escape behind \\ in a text in double quotes', zh: '双引号文本中 \\ 后面的转义无效' },
  BAD_INDENT: {
    en: 'the indentation does not fit (entries of one list or map begin in the same column), or a [ or { is not closed',
    zh: '缩进不对（同一列表或映射的各项必须从同一列开始），或者 [ 或 { 没有收尾',
  },
  BAD_PROP_ORDER: { en: 'an anchor or tag belongs behind the - ? or : sign', zh: '锚点或标签应放在 -、? 或 : 之后' },
  BAD_SCALAR_START: { en: 'a value cannot begin with this character unless it is quoted', zh: '不加引号的值不能以此字符开头' },
  BLOCK_AS_IMPLICIT_KEY: {
    en: 'two “key:” on one line, or the next line is indented deeper than this one, or a list used as a key',
    zh: '一行中有两个 “键:”，或下一行缩进比本行深，或把列表当作键',
  },
  BLOCK_IN_FLOW: { en: 'an indented block cannot stand inside { } or [ ]', zh: '{ } 或 [ ] 之内不能写缩进块' },
  DUPLICATE_KEY: { en: 'this key stands here already', zh: '此键已经出现过' },
  IMPOSSIBLE: { en: 'this text cannot be read as YAML', zh: '无法按 YAML 读取此处文本' },
  KEY_OVER_1024_CHARS: { en: 'a key is longer than 1,024 characters: perhaps a colon is missing', zh: '键超过 1024 个字符：可能缺少冒号' },
  MISSING_CHAR: {
    en: 'something is missing here: a closing quote or bracket, a comma, a colon, or a space',
    zh: '此处缺少字符：收尾的引号或括号、逗号、冒号或空格',
  },
  MULTILINE_IMPLICIT_KEY: { en: 'a key must be on one line: perhaps a colon is missing', zh: '键必须写在一行内：可能缺少冒号' },
  MULTIPLE_ANCHORS: { en: 'a value has two anchors (&name)', zh: '一个值有两个锚点（&name）' },
  MULTIPLE_DOCS: { en: 'a second document (---) in one file', zh: '一个文件里有第二个文档（---）' },
  MULTIPLE_TAGS: { en: 'a value has two tags (!name)', zh: '一个值有两个标签（!name）' },
  NON_STRING_KEY: { en: 'a key must be a text', zh: '键必须是文本' },
  RESOURCE_EXHAUSTION: { en: 'the text is too deeply nested', zh: '文本嵌套过深' },
  TAB_AS_INDENT: { en: 'a tab in the indentation: YAML takes spaces only', zh: '缩进里有制表符：YAML 只能用空格' },
  TAG_RESOLVE_FAILED: { en: 'an unknown tag (!name)', zh: '未知的标签（!name）' },
  UNEXPECTED_TOKEN: { en: 'this does not belong here', zh: '此处不应出现这个内容' },
};

/** @returns what is expected, and in brackets why the text is not that */
export function yamlExpected(code: ErrorCode): Sentence {
  const { en, zh } = SENTENCES[code];
  return { en: `valid YAML (${en})`, zh: `有效的 YAML（${zh}）` };
}

/** After these the rest of the text is read as it was not meant: what is found behind them is their consequence. */
const UPSETTING: ReadonlySet<ErrorCode> = new Set([
  'BAD_INDENT',
  'BLOCK_AS_IMPLICIT_KEY',
  'BLOCK_IN_FLOW',
  'MISSING_CHAR',
  'MULTILINE_IMPLICIT_KEY',
  'TAB_AS_INDENT',
  'UNEXPECTED_TOKEN',
]);

/** The errors that somebody has to mend: of those that upset all that follows, the first. */
export function yamlErrors(document: Document.Parsed): readonly YAMLError[] {
  const sorted = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const first = sorted.find(({ code }) => UPSETTING.has(code));
  return sorted.filter((error) => error === first || !UPSETTING.has(error.code));
}

/** Where an error is to be mended: of a quote that is not closed, where it was opened. */
export function yamlPlace(document: Document.Parsed, { code, pos }: YAMLError): number {
  let place = pos[0];
  if (code !== 'MISSING_CHAR') return place;
  visit(document, {
    Scalar(_, { type, range }) {
      const quoted = type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE';
      if (quoted && range && range[0] < pos[0] && pos[0] <= range[1] + 1) place = range[0];
    },
  });
  return place;
}
