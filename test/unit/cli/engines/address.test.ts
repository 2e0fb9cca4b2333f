import { describe, expect, it } from 'vitest'
import {
  isServer,
  requireUrl,
  schemeOf,
  withoutPassword,
} from '../../../../src/cli/engines/address.ts'

describe('an address', () => {
  it.each([
    ['.setpoint/setpoint.db', undefined],
    ['C:\\data\\setpoint.db', undefined],
    ['/var/lib/my:odd.db', undefined],
    ['mysql://root@db/setpoint', 'mysql'],
    ['POSTGRES://db/app', 'postgres'],
  ])('%s has the scheme %s', (address, scheme) => {
    expect(schemeOf(address)).toBe(scheme)
    expect(isServer(address)).toBe(scheme !== undefined)
  })

  it.each([
    ['a/file.db', 'a/file.db'],
    ['mysql://root@db/setpoint', 'mysql://root@db/setpoint'],
    ['mysql://root:s3cret@db:3306/setpoint', 'mysql://root:***@db:3306/setpoint'],
    ['postgres://db/app?password=s3cret&ssl=1', 'postgres://db/app?password=***&ssl=1'],
    ['amqp://guest:s3cret@a b/', 'amqp://…'],
    ['mysql://root:half@s3cret/part@db/app', 'mysql://…'],
  ])('%s is shown as %s', (address, shown) => {
    expect(withoutPassword(address)).toBe(shown)
  })

  it('is given to drivers so that none of them can take a part of the password for the host', () => {
    expect(requireUrl('redis://:s3@cret@host:6379')).toBe('redis://:s3%40cret@host:6379')
    expect(requireUrl('mysql://root@db/setpoint')).toBe('mysql://root@db/setpoint')
  })

  it.each(['redis://h:s3 cret@/x', 'mysql://root:half@s3cret/part@db/app'])(
    '%s is refused without its password',
    (address) => {
      expect(() => requireUrl(address)).toThrow(/^\w+:\/\/… is no URL: write %40 for an "@"/)
    },
  )
})
