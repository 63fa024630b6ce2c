/** The variables of one kernel, kept up to date while somebody looks. */

import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type { LanguageName } from '../marker.js';
import { type Variable, askVariables } from './request.js';

const LANGUAGES: LanguageName[] = ['julia', 'python'];
const DELAY = 50; // ms behind a cell's end, in which the next one may end
const STARTING: Kernel.Status[] = ['starting', 'restarting', 'autorestarting', 'dead'];

export class VariablesModel {
  /** Languages that run a cell and could not say what they hold now. */
  readonly busy = new Set<LanguageName>();
  /** Requests of ours, whose end tells nothing new. */
  readonly own = new Set<string>();

  private readonly known = new Map<LanguageName, Variable[]>();
  private readonly _changed = new Signal<this, void>(this);
  private kernel: Kernel.IKernelConnection | null = null;
  private open = false;
  private asking = false;
  private again = false;
  private timer = 0;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get variables(): Variable[] {
    return LANGUAGES.flatMap(language => this.known.get(language) ?? []);
  }

  get connection(): Kernel.IKernelConnection | null {
    return this.kernel;
  }

  /** Follow `kernel` from now on; null where the notebook in front has none for both languages. */
  follow(kernel: Kernel.IKernelConnection | null): void {
    if (kernel === this.kernel) {
      return;
    }
    this.kernel?.iopubMessage.disconnect(this.onMessage, this);
    this.kernel?.statusChanged.disconnect(this.onStatus, this);
    this.kernel = kernel;
    this.forget();
    if (this.open) {
      this.listen();
    }
  }

  /** Whether somebody looks. While nobody does, nothing is asked and nothing is listened to. */
  setOpen(open: boolean): void {
    if (open === this.open) {
      return;
    }
    this.open = open;
    if (open) {
      this.listen();
    } else {
      window.clearTimeout(this.timer);
      this.kernel?.iopubMessage.disconnect(this.onMessage, this);
      this.kernel?.statusChanged.disconnect(this.onStatus, this);
    }
  }

  private listen(): void {
    if (this.kernel) {
      this.kernel.iopubMessage.connect(this.onMessage, this);
      this.kernel.statusChanged.connect(this.onStatus, this);
      void this.refresh();
    }
  }

  private forget(): void {
    this.known.clear();
    this.busy.clear();
    this._changed.emit();
  }

  private onMessage(_: unknown, message: KernelMessage.IIOPubMessage): void {
    const parent = message.parent_header as Partial<KernelMessage.IHeader>;
    const { execution_state } = message.content as { execution_state?: string };
    const ended = execution_state === 'idle' && parent.msg_type === 'execute_request';
    if (ended && !this.own.has(parent.msg_id ?? '')) {
      this.refreshSoon();
    }
  }

  private onStatus(_: unknown, status: Kernel.Status): void {
    if (STARTING.includes(status)) {
      this.forget();
      this.again = false;
    } else if (status === 'idle' && !this.known.size) {
      this.refreshSoon();
    }
  }

  private refreshSoon(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.refresh(), DELAY);
  }

  private async refresh(): Promise<void> {
    this.again = this.asking;
    if (this.asking || !this.kernel || !this.open) {
      return;
    }
    this.asking = true;
    const { kernel } = this;
    await Promise.allSettled(LANGUAGES.map(language => this.ask(kernel, language)));
    this.asking = false;
    if (this.again || kernel !== this.kernel) {
      void this.refresh();
    }
  }

  private async ask(kernel: Kernel.IKernelConnection, language: LanguageName): Promise<void> {
    const { busy, variables } = await askVariables(kernel, language);
    if (kernel !== this.kernel) {
      return;
    }
    if (busy) {
      this.busy.add(language);
    } else {
      this.busy.delete(language);
      this.known.set(language, variables);
    }
    this._changed.emit();
  }
}
