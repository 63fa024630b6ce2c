/** The value of one variable: its rich form, tables page by page, numbers as a picture. */

import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { PartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import type { LanguageName } from '../marker.js';
import { button, element } from './dom.js';
import { drawNumbers, numbersExpression, readNumbers } from './picture.js';
import type { Variable } from './request.js';

const LIMIT = 10000; // ms that user code may take to show a value, compiling included
const PAGE = 25; // rows of a table

// A cell that does nothing, not even to `ans`: the value is a user expression behind it.
const NOTHING: Record<LanguageName, string> = {
  julia: '%julia\n@isdefined(ans) ? ans : nothing',
  python: '%python\npass'
};

type Result = { status: string; data: PartialJSONObject; metadata: PartialJSONObject } & {
  ename?: string;
  evalue?: string;
};

export class ValueView extends Widget {
  private readonly content = element('div', 'jp-polyglot-valueContent');
  private current = 0;

  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    private readonly own: Set<string>
  ) {
    super();
    this.addClass('jp-polyglot-value');
    this.content.tabIndex = 0;
    this.content.setAttribute('role', 'region');
    this.node.append(this.content);
  }

  /** Show the value of `variable`, as it is when the kernel has time for it. */
  async show_(kernel: Kernel.IKernelConnection, variable: Variable): Promise<void> {
    const turn = ++this.current;
    this.content.setAttribute('aria-label', `Value of ${variable.name}`);
    this.say('…');
    const rows = tableRows(variable);
    if (rows) {
      await this.showPage(kernel, variable, 0, rows, turn);
      return;
    }
    const numbers = numbersExpression(variable);
    const expressions = { value: variable.name, ...(numbers && { numbers: numbers.code }) };
    const results = await this.evaluate(kernel, variable.language, expressions, turn);
    if (!results || turn !== this.current) {
      return;
    }
    const nodes: HTMLElement[] = [];
    const found = numbers && readNumbers(results.numbers);
    if (found) {
      nodes.push(drawNumbers(found, numbers.shape, variable.language));
    }
    nodes.push(await this.render(results.value));
    this.content.replaceChildren(...nodes);
  }

  private say(text: string): void {
    this.content.replaceChildren(element('div', 'jp-polyglot-note', text));
  }

  private async showPage(
    kernel: Kernel.IKernelConnection,
    variable: Variable,
    start: number,
    rows: number,
    turn: number
  ): Promise<void> {
    const end = Math.min(start + PAGE, rows);
    const { name, language } = variable;
    const page =
      language === 'julia' ? `${name}[${start + 1}:${end}, :]` : `${name}.iloc[${start}:${end}]`;
    const results = await this.evaluate(kernel, language, { value: page }, turn);
    if (!results || turn !== this.current) {
      return;
    }
    const go = (to: number) => () => void this.showPage(kernel, variable, to, rows, turn);
    const back = button('‹', 'jp-polyglot-button', 'Rows before', go(Math.max(0, start - PAGE)));
    const on = button('›', 'jp-polyglot-button', 'Next rows', go(start + PAGE));
    back.disabled = start === 0;
    on.disabled = end >= rows;
    const told = `Rows ${rows ? start + 1 : 0} to ${end} of ${rows}`;
    const pager = element('div', 'jp-polyglot-pager', back, told, on);
    this.content.replaceChildren(pager, await this.render(results.value));
  }

  /** Have the kernel show expressions; it is interrupted where that takes too long. */
  private async evaluate(
    kernel: Kernel.IKernelConnection,
    language: LanguageName,
    expressions: Record<string, string>,
    turn: number
  ): Promise<Record<string, Result> | null> {
    const future = kernel.requestExecute(
      {
        code: NOTHING[language],
        silent: true,
        store_history: false,
        user_expressions: expressions,
        allow_stdin: false,
        stop_on_error: false
      },
      true
    );
    const id = future.msg.header.msg_id;
    this.own.add(id);
    let timer = 0;
    let late = false;
    future.onIOPub = message => {
      const { execution_state } = message.content as { execution_state?: string };
      if (execution_state === 'busy') {
        timer = window.setTimeout(() => {
          late = true;
          void kernel.interrupt();
        }, LIMIT);
      }
    };
    const waiting = window.setTimeout(() => {
      if (turn === this.current && !timer) {
        this.say('Is shown when the cell that runs has ended.');
      }
    }, 500);
    let content: KernelMessage.IExecuteReplyMsg['content'] | undefined;
    try {
      content = (await future.done)?.content;
    } finally {
      window.clearTimeout(timer);
      window.clearTimeout(waiting);
      window.setTimeout(() => this.own.delete(id), LIMIT);
    }
    if (content?.status === 'ok' && !late) {
      return content.user_expressions as unknown as Record<string, Result>;
    }
    if (turn === this.current) {
      this.say(
        late
          ? `To show it takes longer than ${LIMIT / 1000} s, and was interrupted.`
          : 'The kernel did not show it.'
      );
    }
    return null;
  }

  private async render(result: Result | undefined): Promise<HTMLElement> {
    if (result?.status !== 'ok') {
      const why = [result?.ename, result?.evalue].filter(Boolean).join(': ');
      return element('div', 'jp-polyglot-note', why || 'It cannot be shown.');
    }
    const mimeType = this.rendermime.preferredMimeType(result.data as never, 'ensure');
    if (!mimeType) {
      return element('div', 'jp-polyglot-note', 'Nothing here can show it.');
    }
    const renderer = this.rendermime.createRenderer(mimeType);
    const { data, metadata } = result;
    await renderer.renderModel(new MimeModel({ data: data as never, metadata: metadata as never }));
    return renderer.node;
  }
}

/** The number of rows of a table that is shown page by page; 0 for all else. */
function tableRows({ type, size }: Variable): number {
  const [rows, columns] = size.split('×').map(Number);
  return type === 'DataFrame' && columns !== undefined && rows > PAGE ? rows : 0;
}
