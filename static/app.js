/* What every page loads, as a module: <script type="module">. */
import './js/theme.js';
import './js/ui.js';
import './js/apart.js';
import './js/copy.js';
import './js/opens.js';
import './js/builder.js';
import './js/steps.js';
import './js/table.js';
import './js/live.js';
import './js/narrow.js';
import './js/canvas.js';
