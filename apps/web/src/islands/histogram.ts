import { drawHistogram } from './parts/drawHistogram.ts'

for (const figure of document.querySelectorAll<HTMLElement>('[data-histogram]')) drawHistogram(figure)
