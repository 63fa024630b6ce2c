/** The kernel's `variables_request`, which no user code runs for (docs/lab.md). */

import { type Kernel, KernelMessage } from '@jupyterlab/services';
import type { LanguageName } from '../marker.js';

export interface Variable {
  name: string;
  language: LanguageName;
  type: string;
  /** A length, or lengths with × between them; empty where there is none. */
  size: string;
  /** A line of the value; empty where only code of the user's could tell. */
  value: string;
  /** `memory` or the path of a file that both languages have the elements in; empty elsewhere. */
  shared: string;
}

export interface Answer {
  /** Whether the language runs a cell and cannot say. */
  busy: boolean;
  variables: Variable[];
}

/** Ask for the variables of one language. */
export async function askVariables(
  kernel: Kernel.IKernelConnection,
  language: LanguageName
): Promise<Answer> {
  const message = KernelMessage.createMessage<KernelMessage.IInfoRequestMsg>({
    // no type of the specification: only this kernel knows it
    msgType: 'variables_request' as 'kernel_info_request',
    channel: 'shell',
    session: kernel.clientId,
    username: kernel.username,
    content: { language } as object as Record<string, never>
  });
  const future = kernel.sendShellMessage(message, true, true);
  const reply = (await future.done) as { content?: unknown } | undefined;
  const content = reply?.content as Answer & { status: string };
  if (content?.status !== 'ok') {
    throw new Error(`no variables of ${language}`);
  }
  return {
    busy: content.busy,
    variables: content.variables.map(variable => ({ ...variable, language }))
  };
}
