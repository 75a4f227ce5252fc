// Every part stands alone, finds its elements by data-attributes, and does nothing where there are none.
"use strict";
