import { defineConfig } from 'vitest/config'

/** In the order in which they run. */
const projects = [
  { name: 'unit', include: ['test/{unit,model,tooling}/**/*.test.ts'], timeout: 10_000 },
  { name: 'contract', include: ['test/contract/**/*.test.ts'], timeout: 20_000 },
  { name: 'e2e', include: ['test/e2e/**/*.test.ts'], timeout: 60_000 },
  // Not a part of `npm test`: `npm run test:chaos`.
  { name: 'chaos', include: ['test/chaos/**/*.test.ts'], timeout: 120_000 },
]

export default defineConfig({
  test: {
    // Vitest would leave one core free, which on two cores is half of them.
    maxWorkers: '100%',
    projects: projects.map(({ name, include, timeout }, index) => ({
      test: {
        name,
        include,
        // Some errors of XState exist in its development build only, so the tests run on that one.
        execArgv: ['--conditions=development'],
        testTimeout: timeout,
        hookTimeout: timeout,
        // From 1: with a single worker, Vitest moves group 0 to the end.
        sequence: { groupOrder: index + 1 },
      },
    })),
  },
})
