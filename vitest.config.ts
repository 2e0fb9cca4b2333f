import { defineConfig } from 'vitest/config'

/** What needs a service: contracts of engines, and what is inside the stores of servers. */
const SERVED = [
  'test/contract/{postgres,mysql,bullmq,rabbitmq,kafka}-*.test.ts',
  'test/unit/stores/{sql,postgres,mysql}/**/*.test.ts',
]

/** What has to be the same on every store, and is run again on those of servers. */
const ON_EVERY_STORE = [
  'test/model/**/*.test.ts',
  'test/unit/runtime/runtime/{waiting,hot-reload-*,event-order,world-learning,dead-letters,operations}.test.ts',
  'test/unit/runtime/operations/steps.test.ts',
  'test/unit/runtime/steps/{waits-inside,passivation,after-waits}.test.ts',
]

interface Project {
  readonly name: string
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  /** Milliseconds that one test may take. */
  readonly timeout: number
  readonly env?: Readonly<Record<string, string>>
}

/** In the order in which they run. */
const projects: readonly Project[] = [
  {
    name: 'unit',
    include: ['test/{unit,model,tooling}/**/*.test.ts'],
    exclude: SERVED,
    timeout: 10_000,
  },
  {
    name: 'contract',
    include: ['test/contract/**/*.test.ts'],
    exclude: SERVED,
    timeout: 20_000,
  },
  // Not a part of `npm test`: `npm run test:e2e`.
  { name: 'e2e', include: ['test/e2e/**/*.test.ts'], timeout: 60_000 },
  // Not a part of `npm test`: `npm run test:services`.
  {
    name: 'services',
    include: [...SERVED, 'test/services/**/*.test.ts', ...ON_EVERY_STORE],
    timeout: 60_000,
    env: { SETPOINT_TEST_STORES: 'served' },
  },
  // Not a part of `npm test`: `npm run test:chaos`.
  { name: 'chaos', include: ['test/chaos/**/*.test.ts'], timeout: 120_000 },
]

export default defineConfig({
  test: {
    // Vitest would leave one core free, which on two cores is half of them.
    maxWorkers: '100%',
    projects: projects.map(({ name, include, exclude = [], timeout, env = {} }, index) => ({
      test: {
        name,
        include: [...include],
        exclude: ['**/node_modules/**', ...exclude],
        env: { ...env },
        globalSetup: ['test/support/services-setup.ts'],
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
