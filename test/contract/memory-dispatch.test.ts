import { describe } from 'vitest'
import { memoryBroker } from '../../src/dispatch/memory/broker.ts'
import { memoryDispatch } from '../../src/dispatch/memory/dispatch.ts'
import type { Dispatch } from '../../src/ports/dispatch.ts'
import type { DispatchRoom } from '../../src/testing/dispatch-contract/open.ts'
import { dispatchContract } from '../../src/testing/dispatch-contract.ts'
import { type FaultyBroker, faultyBroker } from '../support/faulty-broker.ts'

function makeRoom(): DispatchRoom {
  const broker = memoryBroker()
  const ways = new Map<Dispatch, FaultyBroker>()
  return {
    connect() {
      const way = faultyBroker(broker)
      const dispatch = memoryDispatch(way)
      ways.set(dispatch, way)
      return dispatch
    },
    sever: (dispatch) => ways.get(dispatch)?.goDown(),
    stop: () => ways.forEach((way) => void way.goDown()),
    start: () => ways.forEach((way) => void way.comeBack()),
  }
}

describe('the memory dispatch', () => dispatchContract(makeRoom))
