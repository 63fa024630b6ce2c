/** Elements of a page in one line. */

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

export function button(
  text: string,
  className: string,
  title: string,
  onClick: (event: MouseEvent) => void
): HTMLButtonElement {
  const node = element('button', className, text);
  node.type = 'button';
  node.title = title;
  node.addEventListener('click', onClick);
  return node;
}
