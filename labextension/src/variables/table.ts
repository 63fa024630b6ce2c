/** The table of variables: sorted, filtered, and with no more rows on the page than are seen. */

import { type LanguageName, TITLES } from '../marker.js';
import { button, element } from './dom.js';
import type { Variable } from './request.js';

type Column = 'name' | 'language' | 'type' | 'size' | 'value';

const COLUMNS: Record<Column, string> = {
  name: 'Name',
  language: 'Language',
  type: 'Type',
  size: 'Size',
  value: 'Value'
};
/** For a narrow panel. */
const SHORT: Record<LanguageName, string> = { julia: 'Jl', python: 'Py' };
const ROW_HEIGHT = 24; // px, as in the style sheet
const SPARE_ROWS = 10;
const ORDER = new Intl.Collator(undefined, { numeric: true });

export interface TableActions {
  show(variable: Variable): void;
  insert(variable: Variable): void;
}

export class VariablesTable {
  readonly node: HTMLElement;
  private readonly body = element('tbody');
  private readonly table = element('table', 'jp-polyglot-table');
  private readonly heads = new Map<Column, HTMLElement>();
  private column: Column = 'name';
  private ascending = true;
  private all: Variable[] = [];
  private rows: Variable[] = [];
  private wanted: (variable: Variable) => boolean = () => true;
  private selected = '';
  private first = -1;

  constructor(private readonly actions: TableActions) {
    const head = element('tr');
    for (const [column, title] of Object.entries(COLUMNS) as [Column, string][]) {
      const sorter = button(title, 'jp-polyglot-sorter', `Sort by ${title.toLowerCase()}`, () =>
        this.sortBy(column)
      );
      const cell = element('th', `jp-mod-${column}`, sorter);
      cell.scope = 'col';
      head.append(cell);
      this.heads.set(column, cell);
    }
    this.table.append(element('thead', '', head), this.body);
    this.table.setAttribute('aria-label', 'Variables of both languages');
    this.node = element('div', 'jp-polyglot-tableScroller', this.table);
    this.node.addEventListener('scroll', () => this.paint(false));
    new ResizeObserver(() => this.paint(true)).observe(this.node);
    this.tellOrder();
  }

  /** Show these variables; the place that is scrolled to stays. */
  set variables(variables: Variable[]) {
    this.all = variables;
    this.update();
  }

  /** Show those alone for which `wanted` is true. */
  filter(wanted: (variable: Variable) => boolean): void {
    this.wanted = wanted;
    this.update();
  }

  /** Mark the row of a variable; null marks none. */
  select(variable: Variable | null): void {
    this.selected = variable ? key(variable) : '';
    this.paint(true);
  }

  private sortBy(column: Column): void {
    this.ascending = column === this.column ? !this.ascending : true;
    this.column = column;
    this.tellOrder();
    this.update();
  }

  private tellOrder(): void {
    for (const [column, head] of this.heads) {
      const order = this.ascending ? 'ascending' : 'descending';
      head.setAttribute('aria-sort', column === this.column ? order : 'none');
    }
  }

  private update(): void {
    const { column } = this;
    const sign = this.ascending ? 1 : -1;
    const compare = (a: Variable, b: Variable): number =>
      column === 'size' ? count(a) - count(b) : ORDER.compare(a[column], b[column]);
    this.rows = this.all
      .filter(this.wanted)
      .sort((a, b) => sign * compare(a, b) || ORDER.compare(a.name, b.name));
    this.paint(true);
  }

  /** Make the rows that are seen, and empty space for those above and below them. */
  private paint(anew: boolean): void {
    const { scrollTop, clientHeight } = this.node;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    if (!anew && Math.abs(first - this.first) < SPARE_ROWS / 2) {
      return;
    }
    this.first = first;
    const end = first + Math.ceil(clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const shown = this.rows.slice(first, end);
    const below = Math.max(0, this.rows.length - first - shown.length);
    const focused = (document.activeElement as HTMLElement | null)?.dataset.variable;
    this.table.setAttribute('aria-rowcount', String(this.rows.length + 1));
    this.body.replaceChildren(
      space(Math.min(first, this.rows.length)),
      ...shown.map((variable, i) => this.row(variable, first + i)),
      space(below)
    );
    if (focused) {
      const again = [...this.body.querySelectorAll<HTMLElement>('[data-variable]')];
      again.find(node => node.dataset.variable === focused)?.focus();
    }
  }

  private row(variable: Variable, index: number): HTMLElement {
    const { name, language, type, size, value, shared } = variable;
    const title = `Show the value of ${name}`;
    const show = button(name, 'jp-polyglot-name', title, () => this.actions.show(variable));
    show.dataset.variable = key(variable);
    const insert = button('↵', 'jp-polyglot-insert', `Insert ${name} into the current cell`, () =>
      this.actions.insert(variable)
    );
    insert.setAttribute('aria-label', insert.title);
    const row = element(
      'tr',
      key(variable) === this.selected ? 'jp-mod-selected' : '',
      element('td', 'jp-mod-name', show, insert),
      element('td', 'jp-mod-language', badge(language)),
      cell('type', type, ...(shared ? [sharedMark(shared)] : [])),
      cell('size', size),
      cell('value', value)
    );
    row.dataset.polyglot = language;
    row.setAttribute('aria-rowindex', String(index + 2));
    row.addEventListener('click', event => {
      if (!(event.target as HTMLElement).closest('button')) {
        this.actions.show(variable);
      }
    });
    return row;
  }
}

const key = ({ name, language }: Variable): string => `${language} ${name}`;

/** How many items the size means, to sort by. */
const count = ({ size }: Variable): number =>
  size ? size.split('×').reduce((product, length) => product * Number(length), 1) : -1;

export const badge = (language: LanguageName): HTMLElement => {
  const node = element('span', 'jp-polyglot-badge', TITLES[language]);
  node.title = TITLES[language];
  node.dataset.short = SHORT[language];
  return node;
};

function sharedMark(shared: string): HTMLElement {
  const inMemory = shared === 'memory';
  const node = element('span', 'jp-polyglot-shared', inMemory ? 'shared' : 'file');
  node.title = `Julia and Python have it in ${inMemory ? 'the same memory' : `the file ${shared}`}`;
  return node;
}

function cell(column: Column, text: string, ...marks: HTMLElement[]): HTMLElement {
  const node = element('td', `jp-mod-${column}`, text, ...marks);
  node.title = text;
  return node;
}

function space(rows: number): HTMLElement {
  const node = element('tr', 'jp-polyglot-space');
  node.style.height = `${rows * ROW_HEIGHT}px`;
  node.setAttribute('aria-hidden', 'true');
  return node;
}
