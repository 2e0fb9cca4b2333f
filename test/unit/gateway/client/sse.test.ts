import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SseReader } from '../../../../src/gateway/client/sse.ts'

const encoder = new TextEncoder()

function readAll(...pieces: Uint8Array[]) {
  const reader = new SseReader()
  return pieces.flatMap((piece) => [...reader.read(piece)])
}

test('a message has an id, an event and the lines of its data', () => {
  const text = 'id: 7\nevent: gap\ndata: one\ndata:two\n\n'
  expect(readAll(encoder.encode(text))).toEqual([
    { message: { id: '7', event: 'gap', data: 'one\ntwo' }, retry: undefined },
  ])
})

test('comments and what says when to come back are no messages', () => {
  expect(readAll(encoder.encode(': alive\n\nretry: 2000\n\nretry: soon\n\n'))).toEqual([
    { message: undefined, retry: undefined },
    { message: undefined, retry: 2000 },
    { message: undefined, retry: undefined },
  ])
})

test('wherever the bytes are cut and however lines end, the messages are the same', () => {
  const text = 'id: 1\ndata: {"a":"ä→🔥"}\n\n: x\n\nevent: end\ndata: {}\n\n'
  const whole = readAll(encoder.encode(text))
  fc.assert(
    fc.property(
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(80), { maxLength: 8 }),
      (end, cuts) => {
        const bytes = encoder.encode(text.replaceAll('\n', end))
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b)]
        const pieces = at.map((start, index) => bytes.slice(start, at[index + 1]))
        expect(readAll(...pieces)).toEqual(whole)
      },
    ),
  )
})

test('a message without an end is refused before it fills the memory', () => {
  const reader = new SseReader()
  const piece = new Uint8Array(1_048_576).fill(97)
  expect(() => {
    for (let count = 0; count < 6; count += 1) reader.read(piece)
  }).toThrow('too long')
})
