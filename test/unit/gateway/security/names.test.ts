import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../../src/core/errors.ts'
import { isLoopback, Names } from '../../../../src/gateway/security/names.ts'

describe('names of a server', () => {
  const names = new Names({ hosts: ['Queue.example.com'], origins: ['https://ops.example.com'] })

  it.each([
    'localhost',
    'localhost:4680',
    'app.localhost:4680',
    '127.0.0.1:4680',
    '[::1]:4680',
    '192.168.1.7',
    'queue.example.com',
    'QUEUE.example.com:443',
    hostname(),
  ])('are %s', (host) => {
    expect(names.allowsHost(host)).toBe(true)
  })

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:4680',
    '127.0.0.1.evil.example',
    '',
    'queue.example.com.',
    'user@localhost',
    'localhost/x',
    'notlocalhost',
  ])('are not "%s"', (host) => {
    expect(names.allowsHost(host)).toBe(false)
  })

  it('lets in the pages of the server itself and of the origins that were named', () => {
    expect(names.allowsOrigin('http://localhost:4680', 'localhost:4680')).toBe(true)
    expect(names.allowsOrigin('https://ops.example.com', 'localhost:4680')).toBe(true)
  })

  it.each([
    'null',
    'http://localhost:3000',
    'http://evil.example',
    'https://ops.example.com.evil.example',
    'http://ops.example.com',
    'file://',
    'http://localhost:4680/x',
  ])('does not let in pages of "%s"', (origin) => {
    expect(names.allowsOrigin(origin, 'localhost:4680')).toBe(false)
  })

  it.each([{ hosts: ['*'] }, { hosts: ['a b'] }, { origins: ['*'] }, { origins: ['https://a/b'] }])(
    'refuses %j',
    (options) => {
      expect(() => new Names(options)).toThrow(InputError)
    },
  )

  it('knows which hosts only this machine reaches', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.example.com'].some(isLoopback)).toBe(
      false,
    )
  })
})
