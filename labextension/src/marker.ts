/**
 * The rule by which a cell has its language: that of the kernel (`parse_cell` in
 * julia/PolyglotKernel/src/jobs/cell.jl), shown by the examples in test/cells.json.
 */

export type LanguageName = 'python' | 'julia';

export const TITLES: Record<LanguageName, string> = {
  julia: 'Julia',
  python: 'Python'
};

export const otherLanguage = (language: LanguageName): LanguageName =>
  language === 'julia' ? 'python' : 'julia';

/** A piece of the source, in UTF-16 units. */
export interface Span {
  from: number;
  to: number;
}

/** A cell's source taken apart. */
export interface Cell {
  /** The language that the cell runs in. */
  language: LanguageName;
  /** The marker with its options and the blanks behind them, where there is one. */
  marker: Span | null;
  /** `%julia` alone. */
  word: Span | null;
  /** `-i` and `-o`. */
  options: Span[];
  /** The lists of names behind them. */
  names: Span[];
  /** What the kernel refuses in the first line: the cell then does not run. */
  problem: Span | null;
}

// White space as Julia's `isspace` has it, which differs from that of JavaScript.
const SPACE = ' \\t-\\r\\x85\\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000';
const FIRST_LINE = new RegExp(`[^${SPACE}][^\\n]*`, 'u');
const WORD = new RegExp(`[^${SPACE}]*`, 'uy');
const NAMES = new RegExp(`(?:[^${SPACE},]|[ \\t]*,[ \\t]*)*`, 'uy');
const NAMED = /^\ufeff?%[% \t]*([\p{L}0-9_]+)/u;
const BLANKS = /[ \t]*/y;
const UNKNOWN_OPTION = /^--?[A-Za-z]/;
const IN_BACKGROUND = /&[ \t]*$/y;

/** Take `source` apart; `fallback` is the language of a cell without a marker. */
export function parseCell(source: string, fallback: LanguageName): Cell {
  const plain: Cell = {
    language: fallback,
    marker: null,
    word: null,
    options: [],
    names: [],
    problem: null
  };
  const found = FIRST_LINE.exec(source);
  const line = found?.[0] ?? '';
  const name = NAMED.exec(line)?.[1].toLowerCase();
  if (!found || (name !== 'julia' && name !== 'python')) {
    return plain;
  }
  const word = match(WORD, line, 0);
  const start = found.index;
  const at = (from: number, to: number): Span => ({
    from: start + from,
    to: start + to
  });
  if (word !== (line.startsWith('%%') ? '%%' : '%') + name) {
    const end = Math.max(word.length, NAMED.exec(line)![0].length);
    return { ...plain, problem: at(0, end) };
  }
  const read = readOptions(line, word.length);
  return {
    language: name,
    marker: at(0, read.end),
    word: at(0, word.length),
    options: read.options.map(span => at(span.from, span.to)),
    names: read.names.map(span => at(span.from, span.to)),
    problem: read.problem && at(read.problem.from, read.problem.to)
  };
}

/** The options from `position` on, and where the cell's code begins behind them. */
function readOptions(line: string, position: number) {
  const options: Span[] = [];
  const names: Span[] = [];
  for (;;) {
    position += match(BLANKS, line, position).length;
    const option = match(WORD, line, position);
    if (option !== '-i' && option !== '-o') {
      const unknown = { from: position, to: position + option.length };
      const problem = UNKNOWN_OPTION.test(option) ? unknown : null;
      const mark = match(IN_BACKGROUND, line, position);
      if (mark) {
        options.push({ from: position, to: position + 1 });
      }
      return { options, names, end: position + mark.length, problem };
    }
    const start = position;
    options.push({ from: position, to: position + option.length });
    position += option.length;
    position += match(BLANKS, line, position).length;
    const list = match(NAMES, line, position);
    if (!list || list.split(',').some(item => !item.trim())) {
      const problem = { from: start, to: position + list.length };
      options.pop();
      return { options, names, end: start, problem };
    }
    names.push({ from: position, to: position + list.length });
    position += list.length;
  }
}

/** What a sticky expression finds at `position`. */
function match(expression: RegExp, text: string, position: number): string {
  expression.lastIndex = position;
  return expression.exec(text)?.[0] ?? '';
}
