import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['unit', 'contract', 'e2e'].map((name) => ({
      test: { name, include: [`test/${name}/**/*.test.ts`] },
    })),
  },
})
