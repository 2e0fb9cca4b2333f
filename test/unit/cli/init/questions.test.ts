import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { findExample } from '../../../../src/cli/init/examples.ts'
import { chooseAll } from '../../../../src/cli/init/questions.ts'
import type { Io } from '../../../../src/cli/io.ts'
import { collectedIo } from '../collected-io.ts'

const ENTER = '\r'
const DOWN = '\u{1b}[B'
const CTRL_C = '\u{3}'

/** A terminal at which somebody types: the next keys whenever a text of a question has come. */
function terminal(keys: Readonly<Record<string, string>>): Io {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const waiting = new Map(Object.entries(keys))
  let text = ''
  stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    for (const [question, typed] of waiting) {
      if (!text.includes(question)) continue
      waiting.delete(question)
      setImmediate(() => stdin.write(typed))
    }
  })
  return { ...collectedIo(), stdin, stderr }
}

test('what is not given is asked', async () => {
  const io = terminal({ 'which folder': `demo${ENTER}`, 'begin with': `${DOWN}${ENTER}` })
  expect(await chooseAll({}, false, io)).toEqual({
    folder: 'demo',
    example: findExample('web-service'),
  })
})

test('no answer is this folder, and the smallest example', async () => {
  const io = terminal({ 'which folder': ENTER, 'begin with': ENTER })
  expect(await chooseAll({}, false, io)).toEqual({ folder: '.', example: findExample('minimal') })
})

test('what is given is not asked', async () => {
  const io = terminal({ 'begin with': ENTER })
  expect(await chooseAll({ folder: 'here' }, false, io)).toMatchObject({ folder: 'here' })
})

test('Ctrl-C chooses nothing', async () => {
  const io = terminal({ 'which folder': CTRL_C })
  expect(await chooseAll({}, false, io)).toBeUndefined()
})

test('nobody is asked with --yes, nor where there is no terminal', async () => {
  const usual = { folder: '.', example: findExample('minimal') }
  expect(await chooseAll({}, true, terminal({}))).toEqual(usual)
  expect(await chooseAll({}, false, collectedIo())).toEqual(usual)
})
