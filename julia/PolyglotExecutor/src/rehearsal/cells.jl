# The cells of a first hour, for the cache of the package: what prints, shows, fails and is asked.

"Cells; what they define is seen by the later ones."
const REHEARSED_CELLS = [
    "1 + 1", "x = 1;", "x = 3\ny = 2.5\nx * y", "\"text λ\"", "'x'", ":symbol", "nothing", "true",
    "1.5", "2 // 3", "1 + 2im", "1:5", "1.0:0.5:2.0", "Int", "sin", "Base", "missing", "0x01", 
    "[1, 2]", "[1.0, 2.0]", "[1.0 2.0; 3.0 4.0]", "[1 2; 3 4]", "[\"a\", \"b\"]", "Any[1, \"a\"]", "[true, false]",
    "rand(3, 3)", "rand(3)", "collect(1:100)", "[1, missing]", "Int[]", "[[1], [2, 3]]",
    "(1, \"text\", :symbol, nothing, 1:5, 2 // 3, 1 + 2im)", "(a=1, b=\"x\")", "1 => 2",
    "Dict(\"a\" => 1, \"b\" => 2)", "Dict(:a => 1.5)", "Set([1, 2])", "Dict{String,Any}(\"a\" => [1])",
    "[(name=\"a\", x=1, y=0.5), (name=\"b\", x=2, y=1.5), (name=\"c\", x=3, y=2.5)]",
    "f(n) = n < 2 ? n : f(n - 1) + f(n - 2)", "[f(n) for n in 1:10]", "n -> n + 1", "map(n -> n + 1, [1, 2])",
    "function g(n; k=1)\n    n * k\nend\ng(2; k=3)", "sum(abs2, [1.0, 2.0])", "cumsum(rand(5))",
    "struct Point\n    x::Float64\n    y::Float64\nend\nPoint(1, 2)",
    "mutable struct Cell\n    value\nend\nCell(1)", "abstract type Shape end", "module Inner\nend",
    "for i in 1:3\n    println(\"i = \", i, \", \", i^2)\nend", "print(1, ' ', 2.5, \"\\n\")",
    "total = 0\nfor i in 1:100\n    global total += i\nend\ntotal", "while x < 5\n    global x += 1\nend",
    "@show x y;", "@show rand(2);", "println([1, 2], (1, 2), :a, nothing)", "display([1, 2])", "@time sum(1:10)",
    "println(stderr, \"text\")", "@info \"text\" x", "@warn \"text\"", "@assert true", "printstyled(\"a\"; color=:red)",
    "try\n    error(\"a\")\ncatch e\n    e\nend", "try\n    1 ÷ 0\ncatch e\n    showerror(stdout, e)\nend",
    "let a = 1\n    a\nend", "join([\"a\", \"b\"], \", \")", "split(\"a b\")", "string(1, \"a\", 1.5)", "\"\$x and \$(x + 1)\"",
    "ans", "Out", "names(Main)", "typeof(1)", "x;", "# a comment", "?sin", ";true", "begin\n    1\nend",
    "display(\"text/html\", \"<b>b</b>\")", "HTML(\"<b>b</b>\")", "Text(\"a\")",
    "r\"a\"", "v\"1.2\"", "IOBuffer()", "Ref(1)",
    # for the table of variables
    "held = [1, 2], [1.0, 2.0], Float32[1], [\"a\"], Any[1, \"a\"], [1.0 2.0; 3.0 4.0], view([1, 2], 1:1)\n" *
    "ints, floats, singles, words, mixed, matrix, part = held",
    "counts, lists, members, named, pair = Dict(\"a\" => 1), Dict(:a => [1]), Set([1]), (a=1,), 1 => 2",
    "letter, half, turn, range, gone = 'a', 2 // 3, 1 + 2im, 1:3, missing",
]

"Cells that fail."
const REHEARSED_FAILURES = [
    "error(\"text\")", "undefined_name + 1", "sqrt(-1.0)", "1 +", "1 ÷ 0", "[1, 2][3]", "f(\"a\", 1)", "\"a\" + 1",
    "Dict(\"a\" => 1)[\"b\"]", "convert(Int, 1.5)", "parse(Int, \"a\")", "throw(ArgumentError(\"a\"))",
    "(function h(n)\n    n == 0 ? error(\"deep\") : h(n - 1)\nend)(3)", "let a = [1]\n    a.b\nend", "@assert false",
    "map(n -> error(\"a\"), [1])", "open(\"/no/such/file\")", "x = )", "function a(", "using NoSuchPackage",
    "fetch(@async error(\"a\"))", "Point(\"a\", 1)",
]

"What a front end asks: the type, the code, and whether Shift-Tab was pressed twice."
const REHEARSED_QUESTIONS = [
    ("complete", "printl"), ("complete", "pri"), ("complete", "Base.prin"), ("complete", "x.a"), ("complete", "\\alph"),
    ("complete", "using Line"), ("complete", "sqrt("), ("complete", "f(x, "), ("complete", "\"/tm"), ("complete", "x"),
    ("complete", "py."), ("complete", "@tim"), ("complete", "Polyglot."), ("complete", ""),
    ("inspect", "print"), ("inspect", "sum("), ("inspect", "x"), ("inspect", "@time"), ("inspect", "no_such"),
    ("is_complete", "f("), ("is_complete", "1 + 1"), ("is_complete", "for i in 1:2"), ("is_complete", "x = )"),
    ("variables", ""),
]

function rehearse_cells(session::Session)
    for code in REHEARSED_CELLS
        rehearse_step(() -> handle(session, rehearsed("execute", code)), code)
    end
    for code in REHEARSED_FAILURES
        rehearse_step(() -> handle(session, rehearsed("execute", code)), code)
    end
    for (type, code) in REHEARSED_QUESTIONS
        frame = rehearsed(type, code)
        frame.header["cursor_pos"] = length(code)
        rehearse_step(() -> handle(session, frame), code)
    end
    return nothing
end

# A step that fails costs its own code in the cache, and is told.
function rehearse_step(step, name::String)
    try
        step()
    catch e
        println(Core.stderr, "[polyglot] the rehearsal of ", repr(name), " failed: ", sprint(showerror, e))
    end
    return nothing
end
