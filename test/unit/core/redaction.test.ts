import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSecretKey, REDACTED, redact } from '../../../src/core/redaction.ts'

describe('redaction', () => {
  it.each([
    'password',
    'dbPassword',
    'PASSWD',
    'client_secret',
    'accessToken',
    'Authorization',
    'Set-Cookie',
    'apiKey',
    'x-api-key',
    'privateKey',
    'AWS_SECRET_ACCESS_KEY',
    'passphrase',
    'credentials',
    'pwd',
    'jwt',
  ])('takes "%s" for the name of a secret', (key) => {
    expect(isSecretKey(key)).toBe(true)
  })

  it.each(['author', 'key', 'id', 'passed', 'compass', 'monkey', 'input', 'pinned'])(
    'does not take "%s" for one',
    (key) => {
      expect(isSecretKey(key)).toBe(false)
    },
  )

  it('never lets a secret out, at whatever depth it stands and in whatever it is packed', () => {
    const secret = 'hunter2-hunter2'
    const holder = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(
          { password: secret },
          { token: [secret] },
          { deep: { apiKey: { value: secret } } },
        ),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('node'), { minKeys: 1, maxKeys: 3 }),
        tie('node').map((value) => new Map([['inner', value]])),
        tie('node').map((value) => Object.assign(new Error('it failed'), { details: value })),
      ),
    })).node
    fc.assert(
      fc.property(holder, (value) => {
        expect(JSON.stringify(redact(value))).not.toContain(secret)
      }),
    )
  })

  it('changes nothing in JSON that holds no secret', () => {
    const plain = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)))
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value)
        fc.pre(
          !/pass|secret|token|auth|cookie|credential|key|session|pwd|jwt|bearer|dsn|pin|:\/\//i.test(
            text,
          ),
        )
        expect(JSON.stringify(redact(value))).toBe(text)
      }),
    )
  })

  it('keeps numbers that count tokens and tells whether a secret is there', () => {
    const value = {
      lease: { token: 7 },
      maxTokens: 100,
      password: null,
      hasPassword: true,
      pin: 1234,
    }
    expect(redact(value)).toEqual({ ...value, pin: REDACTED })
  })

  it('takes passwords out of addresses and bearer tokens out of texts', () => {
    const text = 'postgres://app:hunter2@db/x refused "Authorization: Bearer sp_abc.def"'
    const shown = redact({ text }) as { text: string }
    expect(shown.text).toBe(
      `postgres://app:${REDACTED}@db/x refused "Authorization: Bearer ${REDACTED}"`,
    )
  })

  it('says what it cannot copy and never throws', () => {
    const circle: Record<string, unknown> = { name: 'circle' }
    circle['self'] = circle
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(redact({ circle, hostile, big: 10n, fn: () => 1 })).toEqual({
      circle: { name: 'circle', self: '[circular]' },
      hostile: '[unreadable]',
      big: '10',
    })
  })

  it('shows an error with its message and cause', () => {
    const error = new Error('outer', { cause: Object.assign(new Error('inner'), { token: 'abc' }) })
    expect(redact(error)).toMatchObject({
      name: 'Error',
      message: 'outer',
      cause: { message: 'inner', token: REDACTED },
    })
  })
})
