/**
 * Tables 5 to 14 as printed, cell by cell and digit by digit, in the layout of docs/audit.md. Wrong figures are
 * wrong here too: `dvirt audit` finds them.
 */
export const TABLES_5_TO_14 = `table,workload,resources,platform,level,throughput_per_s,throughput_change_from_previous_level,throughput_stderr_per_s,throughput_stderr_percent,response_ms,response_change_from_previous_level,response_stderr_ms,response_stderr_percent
5,cpu,over-committed,S390x,L0,1068.5,,2.40,0.225%,3.7300,,0.00683,0.183%
5,cpu,over-committed,S390x,L1,1041.3,-2.54%,18.60,1.77%,3.8450,+3.08%,0.0707,1.84%
5,cpu,over-committed,S390x,L2,1046.8,+0.528%,16.40,1.57%,3.8200,-0.650%,0.0603,1.58%
5,cpu,over-committed,x86_64,L0,1251.9,,1.37,0.109%,3.1933,,0.00333,0.104%
5,cpu,over-committed,x86_64,L1,1238.3,-1.09%,3.70,0.299%,3.2267,+1.05%,0.0105,0.325%
5,cpu,over-committed,x86_64,L2,1199.2,-3.16%,3.17,0.264%,3.3300,+3.20%,0.00816,0.245%
6,cpu,not over-committed,S390x,L0,1068.5,,2.40,0.225%,3.7300,,0.00683,0.183%
6,cpu,not over-committed,S390x,L1,778.14,-27.17%,7.06,0.907%,3.8567,+3.40%,0.0357,0.926%
6,cpu,not over-committed,S390x,L2,535.45,-31.19%,0.130,0.024%,3.7300,-3.29%,0.000,0.0%
6,cpu,not over-committed,x86_64,L0,1251.9,,1.37,0.109%,3.1933,,0.00333,0.104%
6,cpu,not over-committed,x86_64,L1,927.61,-25.90%,4.52,0.487%,3.2333,+1.25%,0.0167,0.517%
6,cpu,not over-committed,x86_64,L2,574.66,-38.04%,3.46,0.602%,3.4767,+7.53%,0.0203,0.584%
7,threads,over-committed,S390x,L0,3827.7,,10.60,0.277%,16.650,,0.0405,0.243%
7,threads,over-committed,S390x,L1,4427,+15.66%,126.0,2.84%,14.427,-13.35%,0.431,2.99%
7,threads,over-committed,S390x,L2,3014.5,-31.91%,57.20,1.90%,20.978,+45.41%,0.465,2.22%
7,threads,over-committed,x86_64,L0,4301.8,,10.90,0.253%,14.817,,0.0446,0.301%
7,threads,over-committed,x86_64,L1,3183.5,-26.0%,21.80,0.685%,19.943,+34.60%,0.162,0.812%
7,threads,over-committed,x86_64,L2,1315.7,-58.67%,8.46,0.643%,48.330,+142.34%,0.303,0.627%
8,threads,not over-committed,S390x,L0,3827.7,,10.60,0.277%,16.650,,0.0405,0.243%
8,threads,not over-committed,S390x,L1,3297.2,-13.86%,13.5,0.409%,19.338,+16.14%,0.0734,0.380%
8,threads,not over-committed,S390x,L2,1761.9,-46.56%,38.8,2.202%,36.155,+86.96%,0.780,2.157%
8,threads,not over-committed,x86_64,L0,4301.8,,10.90,0.253%,14.817,,0.0446,0.301%
8,threads,not over-committed,x86_64,L1,2646.0,-38.49%,10.0,0.378%,24.062,+62.40%,0.0941,0.391%
8,threads,not over-committed,x86_64,L2,704.64,-73.37%,5.57,0.791%,90.893,+277.75%,0.487,0.536%
9,memory-write,over-committed,S390x,L0,0.92599,,0.00234,0.253%,3044.3,,9.56,0.314%
9,memory-write,over-committed,S390x,L1,1.02100,+10.26%,0.01950,1.91%,2612.1,-14.20%,35.10,1.34%
9,memory-write,over-committed,S390x,L2,0.59840,-41.39%,0.02750,4.60%,4648.0,+77.94%,288.00,6.20%
9,memory-write,over-committed,x86_64,L0,0.49745,,0.000332,0.067%,5044.1,,8.61,0.171%
9,memory-write,over-committed,x86_64,L1,0.37460,-24.70%,0.071200,19.01%,11561.0,+129.20%,4173.00,36.10%
9,memory-write,over-committed,x86_64,L2,0.31630,-15.56%,0.075600,23.90%,9030.0,-21.89%,1951.00,21.61%
10,memory-write,not over-committed,S390x,L0,0.92599,,0.00234,0.235%,3044.3,,9.56,0.314%
10,memory-write,not over-committed,S390x,L1,0.92733,+0.145%,0.00247,0.266%,2168.6,-28.76%,6.17,0.285%
10,memory-write,not over-committed,S390x,L2,0.45395,-51.04%,0.000204,0.045%,4404.9,+103.12%,1.98,0.045%
10,memory-write,not over-committed,x86_64,L0,0.49745,,0.000332,0.067%,5044.1,,8.61,0.171%
10,memory-write,not over-committed,x86_64,L1,0.39639,-20.32%,0.000135,0.034%,5054.7,+0.210%,3.94,0.078%
10,memory-write,not over-committed,x86_64,L2,0.35052,-11.57%,0.000859,0.245%,5675.0,+12.27%,13.8,0.243%
11,memory-read,over-committed,S390x,L0,1.04240,,0.00134,0.129%,2409.3,,3.13,0.13%
11,memory-read,over-committed,S390x,L1,0.95396,-8.52%,0.00693,0.726%,2541.0,+5.47%,6.68,0.263%
11,memory-read,over-committed,S390x,L2,0.57220,-40.02%,0.01380,2.41%,4492.2,+76.79%,91.70,2.04%
11,memory-read,over-committed,x86_64,L0,0.91128,,0.000212,0.023%,2744.3,,1.92,0.07%
11,memory-read,over-committed,x86_64,L1,0.89967,-1.27%,0.000271,0.03%,2776.0,+1.16%,1.42,0.051%
11,memory-read,over-committed,x86_64,L2,0.81092,-9.86%,0.001210,0.149%,3194.5,+15.08%,5.51,0.173%
12,memory-read,not over-committed,S390x,L0,1.04240,,0.00134,0.129%,2409.3,,3.13,0.13%
12,memory-read,not over-committed,S390x,L1,0.83001,-20.38%,0.000415,0.05%,2412.5,+0.133%,0.949,0.039%
12,memory-read,not over-committed,S390x,L2,0.55051,-33.67%,0.000245,0.045%,3632.2,+50.56%,1.61,0.044%
12,memory-read,not over-committed,x86_64,L0,0.91128,,0.000212,0.023%,2744.3,,1.92,0.07%
12,memory-read,not over-committed,x86_64,L1,0.72544,-20.39%,0.000089,0.012%,2768.0,+0.864%,0.247,0.009%
12,memory-read,not over-committed,x86_64,L2,0.61779,-14.84%,0.00208,0.337%,3228.3,+16.63%,8.87,0.274%
13,oltp,over-committed,S390x,L0,1343.6,,1.81,0.135%,2.9767,,0.00333,0.112%
13,oltp,over-committed,S390x,L1,1272.3,-5.31%,2.75,0.216%,3.1417,+5.54%,0.00601,0.191%
13,oltp,over-committed,S390x,L2,48.73,-96.17%,3.67,7.53%,84.11,+2577.2%,5.64,6.71%
13,oltp,over-committed,x86_64,L0,137.27,,0.177,0.129%,29.133,,0.0370,0.127%
13,oltp,over-committed,x86_64,L1,121.32,-11.62%,0.246,0.203%,32.963,+13.14%,0.0670,0.203%
13,oltp,over-committed,x86_64,L2,98.611,-18.72%,0.279,0.283%,40.560,+23.05%,0.114,0.281%
14,oltp,not over-committed,S390x,L0,1343.6,,1.81,0.135%,2.9767,,0.00333,0.112%
14,oltp,not over-committed,S390x,L1,1108.5,-17.50%,1.13,0.102%,2.7050,-9.13%,0.00342,0.126%
14,oltp,not over-committed,S390x,L2,34.94,-98.85%,2.33,6.67%,58.41,+2059.3%,3.72,6.37%
14,oltp,not over-committed,x86_64,L0,137.27,,0.177,0.129%,29.133,,0.0370,0.127%
14,oltp,not over-committed,x86_64,L1,102.72,-25.17%,0.0769,0.075%,29.203,+0.240%,0.0223,0.076%
14,oltp,not over-committed,x86_64,L2,67.297,-34.49%,0.205,0.305%,29.713,+1.75%,0.0899,0.303%
`;
