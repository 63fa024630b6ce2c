/** Arrays of numbers as a picture: a line for a vector, a heat map for a matrix. */

import type { LanguageName } from '../marker.js';
import { element } from './dom.js';
import type { Variable } from './request.js';

const MOST = 128; // points in each direction; of more, every so many-th is taken
const LEAST = 3;
const NUMBERS = /^ndarray \((float|int|uint)\d+\)$|^(Vector|Matrix|Array)\{(Float|Int|UInt)\d+\b/;
const WIDTH = 256;
const HEIGHT = 128;

/** An expression that gives the numbers as text, row by row, and their shape. */
export function numbersExpression(variable: Variable): { code: string; shape: number[] } | null {
  const { name, language, type, size } = variable;
  const shape = size.split('×').map(Number);
  const usable = NUMBERS.test(type) && shape.length <= 2 && shape.every(n => n >= LEAST);
  if (!usable) {
    return null;
  }
  const steps = shape.map(length => Math.ceil(length / MOST));
  const taken = shape.map((length, i) => Math.ceil(length / steps[i]));
  if (language === 'python') {
    const slices = steps.map(step => `::${step}`).join(', ');
    return { code: `','.join(map(str, ${name}[${slices}].ravel().tolist()))`, shape: taken };
  }
  const slices = steps.map(step => `1:${step}:end`).join(', ');
  const rows = shape.length === 2 ? `permutedims(${name}[${slices}])` : `${name}[${slices}]`;
  return { code: `join(${rows}, ',')`, shape: taken };
}

/** The numbers in the shown form of a text; null where there are none. */
export function readNumbers(
  result: { status: string; data?: { 'text/plain'?: unknown } } | undefined
): number[] | null {
  const text = result?.status === 'ok' ? result.data?.['text/plain'] : null;
  if (typeof text !== 'string') {
    return null;
  }
  const numbers = text.replace(/['"]/g, '').split(',').map(Number);
  return numbers.length >= LEAST ? numbers : null;
}

export function drawNumbers(
  numbers: number[],
  shape: number[],
  language: LanguageName
): HTMLElement {
  const finite = numbers.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const canvas = element('canvas', 'jp-polyglot-picture');
  canvas.dataset.polyglot = language;
  const range = finite.length ? `from ${round(low)} to ${round(high)}` : 'none finite';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${shape.length === 2 ? 'Heat map' : 'Plot'}, ${range}`);
  const scale = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
  if (shape.length === 2) {
    drawMap(canvas, numbers, shape, scale);
  } else {
    // the colour of the line is known when the canvas is on the page
    requestAnimationFrame(() => drawLine(canvas, numbers, scale));
  }
  return element('figure', '', canvas, element('figcaption', '', range));
}

const round = (value: number): string => String(Number(value.toPrecision(4)));

function drawLine(
  canvas: HTMLCanvasElement,
  numbers: number[],
  scale: (value: number) => number
): void {
  const ratio = window.devicePixelRatio;
  canvas.width = WIDTH * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.width = `${WIDTH}px`;
  const pen = canvas.getContext('2d')!;
  pen.scale(ratio, ratio);
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.lineWidth = 1.5;
  pen.lineJoin = 'round';
  pen.beginPath();
  let drawing = false;
  numbers.forEach((value, i) => {
    const x = 2 + (i * (WIDTH - 4)) / (numbers.length - 1);
    const y = HEIGHT - 4 - scale(value) * (HEIGHT - 8);
    if (!Number.isFinite(value)) {
      drawing = false;
    } else if (drawing) {
      pen.lineTo(x, y);
    } else {
      pen.moveTo(x, y);
      drawing = true;
    }
  });
  pen.stroke();
}

function drawMap(
  canvas: HTMLCanvasElement,
  numbers: number[],
  [rows, columns]: number[],
  scale: (value: number) => number
): void {
  canvas.width = columns;
  canvas.height = rows;
  const factor = Math.min(WIDTH / columns, (2 * HEIGHT) / rows);
  canvas.style.width = `${Math.max(8, columns * factor)}px`;
  canvas.style.height = `${Math.max(8, rows * factor)}px`;
  const pen = canvas.getContext('2d')!;
  const image = pen.createImageData(columns, rows);
  numbers.forEach((value, i) => {
    const colour = Number.isFinite(value) ? viridis(scale(value)) : [128, 128, 128];
    image.data.set([...colour, 255], 4 * i);
  });
  pen.putImageData(image, 0, 0);
}

// Five colours of a scale that is even to the eye, also to those who see few colours.
const SCALE = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37]
];

function viridis(value: number): number[] {
  const place = value * (SCALE.length - 1);
  const below = Math.min(Math.floor(place), SCALE.length - 2);
  return SCALE[below].map((part, i) => part + (place - below) * (SCALE[below + 1][i] - part));
}
