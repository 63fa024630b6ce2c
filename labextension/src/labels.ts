/** The label beside each code cell, which tells its language and switches it. */

import type { CodeCell } from '@jupyterlab/cells';
import type { Follow } from './cells.js';
import { TITLES, otherLanguage } from './marker.js';

const LABEL = 'jp-polyglot-label';
const PLACE = 'jp-polyglot-labelPlace';

/** Labels that call `onSwitch` when they are pressed. */
export function labels(onSwitch: (cell: CodeCell) => void): Follow {
  return cell => {
    const place = document.createElement('div');
    place.className = PLACE;
    const label = document.createElement('button');
    place.append(label);
    label.type = 'button';
    label.className = LABEL;
    label.addEventListener('click', event => {
      event.stopPropagation();
      onSwitch(cell);
    });
    // a press is no beginning of a drag of the cell, and leaves the focus where it is
    label.addEventListener('mousedown', event => {
      event.preventDefault();
      event.stopPropagation();
    });
    return language => {
      if (!language) {
        place.remove();
        delete cell.node.dataset.polyglot;
        return;
      }
      cell.node.dataset.polyglot = language;
      const other = TITLES[otherLanguage(language)];
      label.textContent = TITLES[language];
      label.title = `A ${TITLES[language]} cell. Click to make it a ${other} cell (Ctrl+Alt+P)`;
      label.setAttribute(
        'aria-label',
        `Language of this cell: ${TITLES[language]}. Press to make it ${other}.`
      );
      if (!place.isConnected) {
        cell.inputArea?.node.append(place);
      }
    };
  };
}
