import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PUBLISHED } from './schema.ts'

test.each(PUBLISHED)(
  'the published JSON Schema of $title is that of the code: npm run schema writes it',
  ({ file, generate }) => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(generate())
  },
)
