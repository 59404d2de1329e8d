import type { ComponentChildren } from 'preact'
import { ScaleAxis } from './ScaleAxis.tsx'
import type { Scale } from './scale.ts'

interface Props {
  label: string
  scale: Scale
  height: number
  children: ComponentChildren
}

/** The drawing of a chart. Horizontal positions are percent of its width, which only the browser knows. */
export function ChartPlot({ label, scale, height, children }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot contain a drawing
    <svg class="chart-plot" width="100%" height={height} role="group" aria-label={label}>
      <ScaleAxis scale={scale} height={height} />
      {children}
    </svg>
  )
}

/** Places shapes at a percentage of the width, with sizes in pixels. */
export function PlacedAt({ x, y, children }: { x: number; y: number; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: the link around it has a label
    <svg x={`${x}%`} y={y} overflow="visible" width="1" height="1">
      {children}
    </svg>
  )
}
