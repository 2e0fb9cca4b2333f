import { expect, test } from 'vitest'
import { styleFor } from '../../../src/cli/style.ts'
import { collectedIo } from './collected-io.ts'

const RED = '\u{1b}[31mred\u{1b}[39m'

test.each([
  { isTTY: true, env: {}, text: RED },
  { isTTY: false, env: {}, text: 'red' },
  { isTTY: true, env: { NO_COLOR: '1' }, text: 'red' },
  { isTTY: true, env: { NO_COLOR: '' }, text: RED },
  { isTTY: true, env: { TERM: 'dumb' }, text: 'red' },
  { isTTY: false, env: { FORCE_COLOR: '1' }, text: RED },
  { isTTY: true, env: { FORCE_COLOR: '0' }, text: 'red' },
  { isTTY: true, env: { FORCE_COLOR: 'false' }, text: 'red' },
  { isTTY: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' }, text: 'red' },
])('Red is $text where terminal is $isTTY and the environment $env.', ({ isTTY, env, text }) => {
  const output = Object.assign(collectedIo().stdout, { isTTY })
  expect(styleFor(output, env).red('red')).toBe(text)
})
