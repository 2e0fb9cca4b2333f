import { describe, expect, it } from 'vitest'
import { classNames } from '../../../src/core/class-names.ts'

class DiskError extends Error {}
class DiskFull extends DiskError {
  override readonly name = 'ENOSPC'
}

describe('the names an error may be called by', () => {
  it('are its own name, its class and every class that this extends', () => {
    expect(classNames(new DiskFull('no space'))).toEqual([
      'ENOSPC',
      'DiskFull',
      'DiskError',
      'Error',
    ])
  })

  it('hold the classes that an error had in the thread it came from', () => {
    const error = Object.assign(new Error('no space'), { classes: ['DiskFull', 'DiskError'] })
    expect(classNames(error)).toEqual(['Error', 'DiskFull', 'DiskError'])
  })

  it('keep its own classes although an error of a user has a property of that name', () => {
    const error = Object.assign(new DiskFull('no space'), { classes: [7] })
    expect(classNames(error)).toEqual(expect.arrayContaining(['DiskFull', 'DiskError']))
  })

  it('are none for what is no error', () => {
    expect(classNames('no space')).toEqual([])
    expect(classNames(undefined)).toEqual([])
  })
})
