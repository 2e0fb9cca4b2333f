import { describe, expect, it } from 'vitest'
import { toServer } from '../../../../src/cli/engines/server-options.ts'

describe('the options in the URL of a database', () => {
  it('are taken out of it, and others stay', () => {
    const url = 'postgres://app@db/app?connections=3&sslmode=require&pollInterval=1s&schema=jobs'
    expect(toServer(url)).toEqual({
      url: 'postgres://app@db/app?sslmode=require',
      connections: 3,
      pollInterval: 1000,
      schema: 'jobs',
    })
  })

  it('may be left out', () => {
    expect(toServer('mysql://root@db/setpoint')).toEqual({ url: 'mysql://root@db/setpoint' })
  })

  it.each([
    ['connections=0', 'connections=0: give a whole number from 1 to 9999'],
    ['connections=many', 'connections=many: give a whole number from 1 to 9999'],
    ['pollInterval=soon', '"soon" is not a duration'],
  ])('refuses %s', (query, message) => {
    expect(() => toServer(`mysql://db/app?${query}`)).toThrow(message)
  })
})
