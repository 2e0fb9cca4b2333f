import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../../../src/gateway/routes.ts'
import { toAccess } from '../../../../src/gateway/security/access.ts'

const accessOf = toAccess('/api/v1', ROUTES)

describe('who may call what', () => {
  it.each(ROUTES)('$method $path needs the scope of its row: $scope', ({ method, path, scope }) => {
    const called = `/api/v1${path.replaceAll(/\{\w+\}/g, 'a.b-c%2Fd')}`
    expect(accessOf(method, called)).toBe(scope)
    if (method === 'GET') expect(accessOf('HEAD', called)).toBe(scope)
  })

  it('is everybody for what holds nothing of the work, and only for reading it', () => {
    for (const path of ['/', '/healthz', '/readyz', '/docs', '/openapi.json', '/assets/page.js']) {
      expect([path, accessOf('GET', path)]).toEqual([path, 'public'])
      expect([path, accessOf('POST', path)]).toEqual([path, 'admin'])
    }
  })

  it.each([
    '//healthz',
    '/healthz/',
    '/assets/../api/v1/stats',
    '/assets/a/b',
    '/docs/x',
    '/metrics',
    '/healthz\n',
  ])('is no stranger for %j', (path) => {
    expect(accessOf('GET', path)).toBe('read')
  })

  it('is an admin for what changes something and stands in no row', () => {
    expect(accessOf('DELETE', '/api/v1/tasks/x')).toBe('admin')
    expect(accessOf('POST', '/api/v1/tasks/x/y/z')).toBe('admin')
  })
})
