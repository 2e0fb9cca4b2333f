import { describe } from 'vitest'
import type { TopicsRoom } from '../../src/testing/topics-contract/open.ts'
import { topicsContract } from '../../src/testing/topics-contract.ts'
import { memoryHub } from '../../src/topics/memory/hub.ts'
import { memoryTopics } from '../../src/topics/memory/topics.ts'

function makeRoom(): TopicsRoom {
  const hub = memoryHub()
  return { connect: () => memoryTopics(hub) }
}

// Nothing lies between these topics and their hub that could be cut.
describe('memory topics', () => topicsContract(makeRoom, ['severable', 'stoppable']))
