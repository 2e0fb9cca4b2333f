import { expect, test } from 'vitest'
import type { DayReport } from '../../plans/gpu-box/work-day.ts'
import { BoxScene } from '../fixtures/gpu-box/scene.ts'

const FAST = 200

test('the first prompt loads the model, and the second moves nothing', async () => {
  const scene = new BoxScene(FAST)
  const first = await scene.run('chat', { prompt: 'What fits?' })
  expect(first.trail?.steps).toMatchObject([
    { event: 'LOAD_CHAT', from: 'empty', to: 'loaded.chat', outcome: 'moved' },
  ])
  const second = await scene.run('chat', { prompt: 'And now?', tokens: 10 })
  expect(second.trail).toEqual({ from: 'loaded.chat', target: 'loaded.chat', steps: [] })
  expect(second.output).toMatchObject({ prompt: 'And now?', tokens: 10 })
  expect(scene.card).toMatchObject({ model: 'chat', loads: 1, jobs: 0, used: 8 })
})

test('the jobs of a day take far fewer swaps than first come, first served', async () => {
  const scene = new BoxScene(FAST)
  const { output } = await scene.run<DayReport>('work-day', { seed: 7 })
  const { jobs, swaps, firstComeFirstServed, waits } = output
  expect(jobs).toBe(40)
  expect(Object.entries(waits).map(([task, wait]) => [task, wait.jobs])).toEqual(
    expect.arrayContaining([
      ['chat', 14],
      ['embed', 14],
      ['fine-tune', 4],
      ['tokenise', 4],
      ['quantise', 4],
    ]),
  )
  expect(swaps.loads).toBeGreaterThanOrEqual(3)
  expect(swaps.loads * 3).toBeLessThanOrEqual(firstComeFirstServed.loads)
  expect(swaps.gib * 3).toBeLessThanOrEqual(firstComeFirstServed.gib)
  expect(scene.card).toMatchObject({ loads: swaps.loads, loadedGib: swaps.gib, trainingSteps: 16 })
})

test('a person who sits down while a model is trained is answered before training goes on', async () => {
  const scene = new BoxScene(20)
  // More steps than anybody waits for: the training is still under way whenever the person comes.
  const training = scene.start('fine-tune', { dataset: 'tickets', steps: 1000 })
  await training.said('step 2 of 1000')
  await scene.submit('sit-down', { question: 'Is it 42?' })
  await training.said('fine-tune goes on')
  const asked = scene.card.trainingSteps
  await training.said(`step ${asked + 2} of 1000`)
  training.child.kill('SIGINT')
  const { code, stderr } = await training.ended

  expect(code).toBe(130)
  expect(linesOf(stderr, /^[!·✔] (interrupt|fine-tune|the person)|^fine-tune goes/)).toEqual([
    '! interrupt people-first fired: answer-person comes first, 1 tasklet makes room',
    '! fine-tune is sent back to its queue and waits until it is over',
    '· the person at the keyboard has an answer question=Is it 42?',
    expect.stringMatching(/^✔ interrupt people-first is over after .*s$/),
    'fine-tune goes on',
  ])
  const steps = [...stderr.matchAll(/step (\d+) of 1000/g)].map(([, number]) => Number(number))
  const { trainingSteps, question, loads } = scene.card
  expect(steps).toEqual(Array.from({ length: trainingSteps }, (_, index) => index + 1))
  expect({ question, loads }).toEqual({ question: undefined, loads: 3 })
})

test.each([
  ['an empty prompt', 'chat', { prompt: '' }],
  ['a part of a document', 'embed', { documents: 0.5 }],
  ['a field that nobody knows', 'fine-tune', { dataset: 'tickets', epochs: 3 }],
])('%s is refused, and nothing is done to the card', async (_, task, input) => {
  const scene = new BoxScene(FAST)
  const { code, stderr } = await scene.start(task, input).ended
  expect(code).toBe(2)
  expect(stderr).toContain(`the input of gpu-box/${task} is not valid`)
  expect(scene.card).toMatchObject({ model: undefined, loads: 0, used: 0 })
})

function linesOf(text: string, pattern: RegExp): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => pattern.test(line))
}
