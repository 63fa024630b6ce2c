/** The panel in the side bar: the variables of both languages, of the notebook in front. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { LabIcon } from '@jupyterlab/ui-components';
import { PanelLayout, Widget } from '@lumino/widgets';
import { type LanguageName, TITLES } from '../marker.js';
import { button, element } from './dom.js';
import type { VariablesModel } from './model.js';
import type { Variable } from './request.js';
import { VariablesTable, badge } from './table.js';
import { ValueView } from './value.js';

export const variablesIcon = new LabIcon({
  name: 'polyglot-kernel:variables',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
    <g class="jp-icon3" fill="#616161"><path d="M3 4h18v2H3zM3 18h18v2H3z"/>
    <circle cx="6" cy="12" r="2.6"/><circle cx="12" cy="12" r="2.6"/>
    <circle cx="18" cy="12" r="2.6"/></g></svg>`
});

/** What a notebook does with a variable of the panel. */
export interface Inserter {
  /** Write `name`, `jl.name` or `py.name` at the cursor. */
  reference(variable: Variable): void;
  /** Have the current cell take it by `-i`; null where it is of the cell's own language. */
  input(variable: Variable): void;
}

export class VariablesPanel extends Widget {
  private readonly table: VariablesTable;
  private readonly value: ValueView;
  private readonly note = element('div', 'jp-polyglot-note');
  private readonly detail = element('div', 'jp-polyglot-detailHead');
  private readonly shown = new Set<LanguageName>(['julia', 'python']);
  private readonly toggles = new Map<LanguageName, HTMLButtonElement>();
  private text = '';

  constructor(
    private readonly model: VariablesModel,
    rendermime: IRenderMimeRegistry,
    private readonly inserter: Inserter
  ) {
    super();
    this.id = 'polyglot-kernel-variables';
    this.addClass('jp-polyglot-variables');
    this.title.icon = variablesIcon;
    this.title.caption = 'Variables of Julia and Python';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'Variables of Julia and Python');
    this.table = new VariablesTable({
      show: variable => this.showValue(variable),
      insert: variable => inserter.reference(variable)
    });
    this.value = new ValueView(rendermime, model.own);
    this.note.setAttribute('role', 'status');
    const layout = (this.layout = new PanelLayout());
    layout.addWidget(new Widget({ node: this.head() }));
    layout.addWidget(new Widget({ node: this.table.node }));
    layout.addWidget(new Widget({ node: this.detail }));
    layout.addWidget(this.value);
    this.closeValue();
    model.changed.connect(this.update_, this);
    this.update_();
  }

  protected override onAfterAttach(): void {
    this.model.setOpen(this.isVisible);
  }

  protected override onAfterShow(): void {
    this.model.setOpen(true);
  }

  protected override onBeforeHide(): void {
    this.model.setOpen(false);
  }

  private head(): HTMLElement {
    const search = element('input', 'jp-polyglot-search');
    search.type = 'search';
    search.placeholder = 'Filter by name, type or value';
    search.setAttribute('aria-label', search.placeholder);
    search.addEventListener('input', () => {
      this.text = search.value.toLowerCase();
      this.filter();
    });
    const toggles = (['julia', 'python'] as LanguageName[]).map(language => {
      const title = `Show the variables of ${TITLES[language]}`;
      const toggle = button(TITLES[language], 'jp-polyglot-toggle', title, () => {
        if (!this.shown.delete(language)) {
          this.shown.add(language);
        }
        toggle.setAttribute('aria-pressed', String(this.shown.has(language)));
        this.filter();
      });
      toggle.dataset.polyglot = language;
      toggle.setAttribute('aria-pressed', 'true');
      this.toggles.set(language, toggle);
      return toggle;
    });
    const line = element('div', 'jp-polyglot-toggles', ...toggles);
    return element('div', 'jp-polyglot-variablesHead', search, line, this.note);
  }

  private filter(): void {
    const { text, shown } = this;
    this.table.filter(
      ({ name, language, type, value }) =>
        shown.has(language) &&
        (!text || [name, type, value].some(each => each.toLowerCase().includes(text)))
    );
  }

  private update_(): void {
    const { variables, busy, connection } = this.model;
    this.table.variables = variables;
    for (const [language, toggle] of this.toggles) {
      const count = variables.filter(variable => variable.language === language).length;
      toggle.textContent = `${TITLES[language]} ${count}`;
    }
    const running = [...busy].map(language => TITLES[language]).join(' and ');
    this.note.textContent = !connection
      ? 'The notebook in front has no kernel for Julia and Python.'
      : running && `${running} runs a cell; its variables are those before it.`;
    if (!connection) {
      this.closeValue();
    }
  }

  private showValue(variable: Variable): void {
    const { connection } = this.model;
    if (!connection) {
      return;
    }
    const { name, language, type } = variable;
    const title = element('div', 'jp-polyglot-detailTitle', badge(language), name);
    title.append(element('span', 'jp-polyglot-detailType', type));
    this.detail.replaceChildren(
      title,
      button('Insert', 'jp-polyglot-button', `Insert ${name} into the current cell`, () =>
        this.inserter.reference(variable)
      ),
      button('-i', 'jp-polyglot-button', `Give ${name} to the current cell by -i ${name}`, () =>
        this.inserter.input(variable)
      ),
      button('×', 'jp-polyglot-button', 'Close the value', () => this.closeValue())
    );
    this.detail.dataset.polyglot = language;
    this.detail.hidden = false;
    this.value.show();
    this.table.select(variable);
    void this.value.show_(connection, variable);
  }

  private closeValue(): void {
    this.detail.hidden = true;
    this.value.hide();
    this.table.select(null);
  }
}
