//! The styles and scripts of a page, in the order in which they stand in it.

/// Styles.
pub(super) const STYLES: [&str; 3] = [
    include_str!("../../assets/vendor/uPlot.min.css"),
    include_str!("../../assets/page/page.css"),
    include_str!("../../assets/page/charts.css"),
];

/// Scripts. `core.js` makes the one global name that the others add to; `main.js` draws the page.
pub(super) const SCRIPTS: [&str; 23] = [
    include_str!("../../assets/vendor/uPlot.iife.min.js"),
    include_str!("../../assets/page/core.js"),
    include_str!("../../assets/page/format.js"),
    include_str!("../../assets/page/theme.js"),
    include_str!("../../assets/page/tooltip.js"),
    include_str!("../../assets/page/words.js"),
    include_str!("../../assets/page/table.js"),
    include_str!("../../assets/page/range.js"),
    include_str!("../../assets/page/marks.js"),
    include_str!("../../assets/page/panel.js"),
    include_str!("../../assets/page/timeline.js"),
    include_str!("../../assets/page/canvas.js"),
    include_str!("../../assets/page/heatmap.js"),
    include_str!("../../assets/page/lanes.js"),
    include_str!("../../assets/page/axes.js"),
    include_str!("../../assets/page/ecdf.js"),
    include_str!("../../assets/page/stories.js"),
    include_str!("../../assets/page/forest.js"),
    include_str!("../../assets/page/scatter.js"),
    include_str!("../../assets/page/matrix.js"),
    include_str!("../../assets/page/parallel.js"),
    include_str!("../../assets/page/bars.js"),
    include_str!("../../assets/page/main.js"),
];
