import { expect, test } from 'vitest'
import { refusedLicences } from './licences.ts'

function lockfile(license: string | undefined, dev = false) {
  return {
    packages: {
      '': { license: 'UNLICENSED' },
      'node_modules/it': { version: '1.0.0', dev, ...(license && { license }) },
    },
  }
}

test('a permissive licence, or a choice of one, is allowed', () => {
  expect(refusedLicences(lockfile('MIT'))).toEqual([])
  expect(refusedLicences(lockfile('(GPL-3.0 OR MIT)'))).toEqual([])
  expect(refusedLicences(lockfile('MIT AND Apache-2.0'))).toEqual([])
})

test('any other licence, or none, is refused by name', () => {
  expect(refusedLicences(lockfile('AGPL-3.0'))).toEqual(['node_modules/it 1.0.0: AGPL-3.0'])
  expect(refusedLicences(lockfile('MIT AND GPL-3.0'))).toHaveLength(1)
  expect(refusedLicences(lockfile(undefined))).toEqual(['node_modules/it 1.0.0: no licence'])
})

test('development tools are not delivered, so theirs does not count', () => {
  expect(refusedLicences(lockfile('EPL-2.0', true))).toEqual([])
})
