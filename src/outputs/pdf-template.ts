/** The PDF's layout in Typst: a constant, which reads its text as data. */
export const TEMPLATE = `
#let data = json(bytes(sys.inputs.report))
#let warning = rgb("#9a3c00")
#let muted = rgb("#56606a")
#let faint = rgb("#d9dee3")

#set document(title: data.title, date: none)
#set page(
  paper: "a4",
  margin: (x: 18mm, top: 22mm, bottom: 18mm),
  header: if data.short != none {
    set text(size: 7.5pt, weight: 600, fill: warning)
    block(width: 100%, inset: (bottom: 2mm), stroke: (bottom: 0.5pt + warning), data.short)
  },
  footer: context align(right, text(size: 7.5pt, fill: muted, counter(page).display("1 / 1", both: true))),
)
#set text(font: "Inter", size: 9.5pt, lang: "en")
#set par(leading: 0.65em)
#show heading.where(level: 2): set text(size: 13pt, weight: 600)
#show heading.where(level: 2): set block(above: 9mm, below: 4mm)

#let caption(title, label) = block(above: 5mm, below: 2.5mm, sticky: true, {
  text(weight: 600, title)
  if label != none { linebreak() + text(size: 7.5pt, weight: 600, fill: warning, label) }
})

#let marked(cell) = { cell.text; if cell.mark != none { super(text(fill: warning, cell.mark)) } }

// Neighbouring columns of one group, as (group, first, count).
#let groups(columns) = {
  let runs = ()
  for (index, column) in columns.enumerate() {
    if runs.len() > 0 and runs.last().at(0) == column.group {
      let last = runs.pop()
      runs.push((last.at(0), last.at(1), last.at(2) + 1))
    } else { runs.push((column.group, index, 1)) }
  }
  runs
}

#let table-body(it) = {
  caption(it.title, data.short)
  let aligned(column) = if column.align == "end" { right } else { left }
  let has-groups = it.columns.any(column => column.group != none)
  let head = it.columns.map(column => text(weight: 600, fill: muted, column.title))
  let over = if not has-groups { () } else {
    groups(it.columns).map(run => table.cell(
      colspan: run.at(2),
      align: center,
      stroke: (bottom: if run.at(0) == none { none } else { 0.4pt + muted }),
      text(weight: 600, fill: muted, if run.at(0) == none { "" } else { run.at(0) }),
    ))
  }
  set text(size: it.size * 9.5pt)
  table(
    columns: it.columns.map(column => if column.brokenMm == none { auto } else { column.brokenMm * 1mm }),
    align: (column, _) => aligned(it.columns.at(column)) + top,
    inset: (x: 1.45mm, y: 1.1mm),
    stroke: none,
    table.header(repeat: it.repeated, table.hline(stroke: 0.8pt), ..over, ..head, table.hline(stroke: 0.4pt)),
    ..it.rows.map(row => row.map(marked) + (table.hline(stroke: 0.3pt + faint),)).flatten(),
    table.hline(stroke: 0.8pt),
  )
  for note in it.notes {
    block(above: 1.2mm, below: 1.2mm, text(size: 7.5pt, fill: muted, {
      if note.mark != none { super(text(fill: warning, note.mark)) + " " }
      note.text
    }))
  }
}

#let data-table(it) = if it.turned { page(flipped: true, table-body(it)) } else { table-body(it) }

#let picture(it) = block(breakable: false, {
  // The label stands in the picture.
  caption(it.title, none)
  let drawn = image(bytes(it.svg), format: "svg", alt: it.alt)
  context {
    let natural = measure(drawn).width * 0.8
    layout(size => image(bytes(it.svg), format: "svg", alt: it.alt, width: calc.min(natural, size.width)))
  }
  text(size: 7.5pt, fill: muted, it.alt)
})

#text(size: 20pt, weight: 600, data.title)

#text(fill: muted, data.subject)

#if data.label != none {
  block(width: 100%, inset: 3mm, fill: rgb("#eef1f4"), stroke: (left: 2pt + warning), data.label)
}

#for section in data.sections {
  heading(level: 2, section.title)
  for it in section.blocks {
    // A turned page cannot stand in a block.
    if it.kind == "table" { data-table(it) } else { block(above: 4mm, below: 4mm, {
      if it.kind == "paragraph" { it.text }
      if it.kind == "items" { list(..it.items) }
      if it.kind == "figure" { picture(it) }
      if it.kind == "listing" {
        block(sticky: true, text(weight: 600, it.title))
        block(width: 100%, inset: 3mm, fill: rgb("#eef1f4"), text(size: 7.5pt, raw(it.text)))
      }
    }) }
  }
}
`;
