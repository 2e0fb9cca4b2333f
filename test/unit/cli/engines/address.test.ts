import { describe, expect, it } from 'vitest'
import { isServer, schemeOf, withoutPassword } from '../../../../src/cli/engines/address.ts'

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
  ])('%s is shown as %s', (address, shown) => {
    expect(withoutPassword(address)).toBe(shown)
  })
})
