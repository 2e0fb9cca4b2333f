import { below, pick, type Random } from './choose.ts'

const MARKS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\u0000',
  '\n',
  'NaN',
  'undefined',
  "'",
  '//',
  '\ufeff',
  '\ud800',
  '0x1',
  '01',
  '.5',
  '1.',
  'True',
]

/** A text of JSON with a cut and an insertion: mostly no JSON any more. */
export function mutatedText(text: string, random: Random): string {
  const at = below(random, text.length + 1)
  const cut = random() < 0.3 ? text.length : below(random, 8)
  return text.slice(0, at) + (random() < 0.7 ? pick(random, MARKS) : '') + text.slice(at + cut)
}
