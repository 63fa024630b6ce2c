# The host with faults of its own: functions that the kernel needs and that throw. Started as host.jl.
empty!(LOAD_PATH)
push!(LOAD_PATH, joinpath(dirname(@__DIR__), "julia"), "@stdlib")
using PolyglotKernel

planted(arguments...) = error("a planted fault")
PolyglotKernel.QUEUED["inspect_request"] = planted
PolyglotKernel.ANSWERED["comm_info_request"] = planted
PolyglotKernel.FRAME_HANDLERS["comm_target"] = planted
Core.eval(PolyglotKernel, quote
    continue_interruption!(::Kernel, ::Float64) = $planted()
    answer_impatient!(::Kernel, ::Float64) = $planted()
    prepare!(kernel::Kernel) = (kernel.preparing = Inf; $planted())
    in_source(job::Job, content::Vector{UInt8}) =
        job.reply_type == "complete_reply" ? $planted() : content
    remember_words!(::Kernel, job::Job) = occursin("planted", job.cell.code) && $planted()
end)

exit(PolyglotKernel.main(ARGS))
