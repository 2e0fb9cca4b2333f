import { type Counter, Registry } from 'prom-client'
import { Amount, Distribution } from './measures.ts'
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  METRICS,
  type MetricEntry,
  type MetricName,
} from './metric-list.ts'
import { type Labels, Series } from './series.ts'

interface Sample {
  readonly metricName?: string
  readonly labels: Labels
  readonly value: number
}

/**
 * The metrics of one runtime, in a registry of their own. Label values come in the order of the
 * list. Counting is an addition; what Prometheus wants to see is made when it asks.
 */
export class Instruments {
  readonly #registry = new Registry()
  readonly #amounts = new Map<MetricName, Series<Amount>>()
  readonly #distributions = new Map<MetricName, Series<Distribution>>()

  /** `maxSeries`: sets of label values that one metric has at most. */
  constructor(maxSeries: number) {
    for (const [key, entry] of Object.entries<MetricEntry>(METRICS)) {
      const name = key as MetricName
      const { labels, buckets } = entry
      if (buckets === undefined) {
        const series = new Series(labels, maxSeries, () => new Amount())
        this.#amounts.set(name, series)
        this.#register(name, entry, () => amountsOf(series))
      } else {
        const series = new Series(labels, maxSeries, () => new Distribution(buckets))
        this.#distributions.set(name, series)
        this.#register(name, entry, () => distributionsOf(name, series))
      }
    }
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** For those who count often: what is counted under these values. */
  counter(name: CounterName, values: readonly string[]): Amount {
    return seriesOf(this.#amounts, name).of(values)
  }

  histogram(name: HistogramName, values: readonly string[]): Distribution {
    return seriesOf(this.#distributions, name).of(values)
  }

  count(name: CounterName, values: readonly string[] = [], by = 1): void {
    this.counter(name, values).add(by)
  }

  /** `value`: seconds. */
  observe(name: HistogramName, values: readonly string[], value: number): void {
    this.histogram(name, values).observe(value)
  }

  set(name: GaugeName, values: readonly string[], value: number): void {
    seriesOf(this.#amounts, name).of(values).value = value
  }

  /** Forgets all values of the gauge: what it was about may be gone. */
  clear(name: GaugeName): void {
    seriesOf(this.#amounts, name).clear()
  }

  /** All of them in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #register(name: MetricName, { type, help }: MetricEntry, read: () => readonly Sample[]): void {
    const metric = { name, get: async () => ({ name, help, type, values: read() }) }
    // The registry asks only for a name and `get`; its type knows no metrics but its own.
    this.#registry.registerMetric(metric as unknown as Counter)
  }
}

function seriesOf<Item>(all: ReadonlyMap<MetricName, Series<Item>>, name: MetricName) {
  const series = all.get(name)
  if (series === undefined) throw new TypeError(`there is no metric ${name} of this type`)
  return series
}

function amountsOf(series: Series<Amount>): readonly Sample[] {
  return series.all().map(({ labels, item: { value } }) => ({ labels, value }))
}

function distributionsOf(name: string, series: Series<Distribution>): readonly Sample[] {
  return series.all().flatMap(({ labels, item }) => {
    const buckets = item.cumulative()
    const count = buckets.at(-1)?.count ?? 0
    return [
      ...buckets.map(({ le, count: value }) => ({
        metricName: `${name}_bucket`,
        labels: { le, ...labels },
        value,
      })),
      { metricName: `${name}_sum`, labels, value: item.sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
  })
}
