/**
 * The language of a notebook's code cells, for CodeMirror: a marker, then Julia or Python.
 *
 * One parser reads the first line by the kernel's rule and leaves the rest to the grammar of its language.
 * So colours, indentation, brackets and the comment key follow the text itself, whoever changes it.
 */

import { pythonLanguage } from '@codemirror/lang-python';
import {
  HighlightStyle,
  Language,
  defineLanguageFacet,
  languageDataProp,
  syntaxHighlighting
} from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { Prec } from '@codemirror/state';
import * as labCodeMirror from '@jupyterlab/codemirror';
import {
  type Input,
  NodeSet,
  NodeType,
  type ParseWrapper,
  Parser,
  type PartialParse,
  Tree,
  type TreeFragment,
  parseMixed
} from '@lezer/common';
import { Tag, styleTags, tags } from '@lezer/highlight';
import { juliaLanguage } from '@plutojl/lang-julia';
import { type Cell, type LanguageName, type Span, parseCell } from './marker.js';

const GRAMMARS: Record<LanguageName, Language> = {
  julia: juliaLanguage,
  python: pythonLanguage
};

// ----------------------------------------------------------------------------- nodes and their colours

const markerTag = {
  julia: Tag.define(tags.meta),
  python: Tag.define(tags.meta),
  option: Tag.define(tags.meta),
  names: Tag.define(tags.variableName),
  problem: Tag.define(tags.invalid)
};

const MARKER_STYLE = HighlightStyle.define([
  { tag: markerTag.julia, class: 'jp-polyglot-marker jp-mod-julia' },
  { tag: markerTag.python, class: 'jp-polyglot-marker jp-mod-python' },
  { tag: markerTag.option, class: 'jp-polyglot-marker-option' },
  { tag: markerTag.names, class: 'jp-polyglot-marker-names' },
  { tag: markerTag.problem, class: 'jp-polyglot-marker-problem' }
]);

// Tags of Julia's grammar for which Lab's own style has no colour.
const JULIA_STYLE = HighlightStyle.define([
  { tag: tags.macroName, color: 'var(--jp-mirror-editor-meta-color)' },
  { tag: tags.typeName, color: 'var(--jp-mirror-editor-builtin-color)' },
  { tag: tags.character, color: 'var(--jp-mirror-editor-string-color)' }
]);

const define = (
  id: number,
  name: string,
  more: Partial<Parameters<typeof NodeType.define>[0]> = {}
): NodeType => NodeType.define({ id, name, ...more });

const top = (id: number, language: LanguageName): NodeType =>
  define(id, 'Cell', {
    top: true,
    // an empty cell has brackets and comments, too
    props: [[languageDataProp, GRAMMARS[language].data]]
  });

const TOP = { julia: top(0, 'julia'), python: top(1, 'python') };
const MARKER = define(2, 'Marker');
const CODE = { julia: define(3, 'JuliaCode'), python: define(4, 'PythonCode') };
const MARKER_WORD = {
  julia: define(5, 'JuliaMarker'),
  python: define(6, 'PythonMarker')
};
const OPTION = define(7, 'MarkerOption');
const NAMES = define(8, 'MarkerNames');
const PROBLEM = define(9, 'MarkerProblem');

const NODES = new NodeSet([
  ...[TOP.julia, TOP.python, MARKER, CODE.julia, CODE.python],
  ...[MARKER_WORD.julia, MARKER_WORD.python, OPTION, NAMES, PROBLEM]
]).extend(
  styleTags({
    JuliaMarker: markerTag.julia,
    PythonMarker: markerTag.python,
    MarkerOption: markerTag.option,
    MarkerNames: markerTag.names,
    MarkerProblem: markerTag.problem
  })
);

/** The node set's own copy of a type, which has the colours. */
const typed = (type: NodeType): NodeType => NODES.types[type.id];

// ------------------------------------------------------------------------------------------- the parser

function treeOf(cell: Cell, length: number): Tree {
  const children: Tree[] = [];
  const positions: number[] = [];
  const { marker, problem } = cell;
  const from = (marker ?? problem)?.from ?? 0;
  const start = (problem ?? marker)?.to ?? 0;
  if (start > from) {
    children.push(markerTree(cell, from, start));
    positions.push(from);
  }
  if (start < length) {
    const code = typed(CODE[cell.language]);
    children.push(new Tree(code, [], [], length - start));
    positions.push(start);
  }
  return new Tree(typed(TOP[cell.language]), children, positions, length);
}

function markerTree(cell: Cell, start: number, end: number): Tree {
  const parts: [NodeType, Span][] = [
    ...(cell.word ? [cell.word] : []).map((span): [NodeType, Span] => [
      MARKER_WORD[cell.language],
      span
    ]),
    ...(cell.problem ? [cell.problem] : []).map((span): [NodeType, Span] => [PROBLEM, span]),
    ...cell.options.map((span): [NodeType, Span] => [OPTION, span]),
    ...cell.names.map((span): [NodeType, Span] => [NAMES, span])
  ];
  parts.sort((a, b) => a[1].from - b[1].from);
  return new Tree(
    typed(MARKER),
    parts.map(([type, { from, to }]) => new Tree(typed(type), [], [], to - from)),
    parts.map(([, span]) => span.from - start),
    end - start
  );
}

/** The parse of the first line, which takes one step. */
class CellParse implements PartialParse {
  stoppedAt: number | null = null;
  parsedPos: number;

  constructor(
    private readonly input: Input,
    private readonly fallback: LanguageName,
    from: number
  ) {
    this.parsedPos = from;
  }

  advance(): Tree {
    const end = this.stoppedAt ?? this.input.length;
    const source = this.input.read(0, this.input.length);
    this.parsedPos = end;
    const cell = parseCell(source, this.fallback);
    return treeOf(cell, this.input.length);
  }

  stopAt(position: number): void {
    this.stoppedAt = position;
  }
}

class CellParser extends Parser {
  private readonly mixed: ParseWrapper = parseMixed(node => {
    if (node.type === typed(CODE.julia)) {
      return { parser: GRAMMARS.julia.parser };
    }
    if (node.type === typed(CODE.python)) {
      return { parser: GRAMMARS.python.parser };
    }
    return null;
  });

  constructor(private readonly fallback: LanguageName) {
    super();
  }

  createParse(
    input: Input,
    fragments: readonly TreeFragment[],
    ranges: readonly { from: number; to: number }[]
  ): PartialParse {
    const outer = new CellParse(input, this.fallback, ranges[0].from);
    return this.mixed(outer, input, fragments, ranges);
  }
}

const LANGUAGES: Record<LanguageName, Language> = {
  julia: new Language(defineLanguageFacet(), new CellParser('julia'), [], 'polyglot'),
  python: new Language(defineLanguageFacet(), new CellParser('python'), [], 'polyglot')
};

/** What makes an editor one of cells, in a notebook whose default language is `fallback`. */
export function cellLanguage(fallback: LanguageName): Extension {
  return Prec.highest([
    LANGUAGES[fallback].extension,
    syntaxHighlighting(MARKER_STYLE),
    syntaxHighlighting(JULIA_STYLE),
    labCodeMirror.pythonBuiltin?.(pythonLanguage) ?? []
  ]);
}

